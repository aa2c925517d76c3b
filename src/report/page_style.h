// The look of the report's page, and the few lines of script that show what a mark says.
#pragma once

#include <string_view>

namespace ooe::report {

// Light and dark follow the reader's system; on paper everything is light and nothing is folded.
inline constexpr std::string_view kPageStyle = R"css(
:root{color-scheme:light dark;--paper:#fbfbfd;--card:#fff;--ink:#16202c;--soft:#5b6877;--line:#dfe4ea;
--accent:#0b6e4f;--accent-soft:#d9efe6;--blue:#2563a8;--warn:#a85a00;--warn-soft:#fdf0dc;--bad:#a5283a;
--low:#f3f6fa;--high:#7fb4e6;--shadow:0 1px 2px #0f172a14,0 4px 16px #0f172a0d}
@media (prefers-color-scheme:dark){:root{--paper:#0f141b;--card:#171e28;--ink:#e8edf3;--soft:#9aa7b6;
--line:#2a3442;--accent:#4fd1a0;--accent-soft:#12382c;--blue:#7db7f2;--warn:#f0b35c;--warn-soft:#3a2b12;
--bad:#f08a98;--low:#1a222d;--high:#235f9e;--shadow:none}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
main{max-width:1240px;margin:0 auto;padding:32px 24px 64px}
header h1{font-size:30px;line-height:1.2;margin:0 0 6px;letter-spacing:-.02em;overflow-wrap:anywhere}
header p{margin:0;color:var(--soft)}
h2{font-size:20px;margin:0 0 4px;letter-spacing:-.01em}
h3{font-size:15px;margin:24px 0 6px}
section{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:24px;margin-top:24px;
box-shadow:var(--shadow)}
p.lead{margin:0 0 16px;color:var(--soft);max-width:90ch}
p.note,figcaption{font-size:13px;color:var(--soft);margin:12px 0 0;max-width:96ch}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:16px;margin-top:24px}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:18px 20px;box-shadow:var(--shadow);
overflow-wrap:anywhere}
.card b{display:block;font-size:30px;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.card span{display:block;color:var(--soft);font-size:13px;margin-top:4px}
.card.good b{color:var(--accent)}.card.warn b{color:var(--warn)}
figure{margin:0}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}
svg .axis{font-size:13px}
svg .grid{stroke:var(--line);stroke-width:1}
svg .line{fill:none;stroke-width:2.5;stroke-linejoin:round}
svg .mark text{font-weight:700;fill:var(--ink);font-size:13px}
svg .mark circle{stroke:var(--card);stroke-width:1.5}
svg .mark[tabindex]{cursor:pointer;outline:none}
svg .mark[tabindex]:hover circle,svg .mark[tabindex]:focus circle{stroke:var(--ink);stroke-width:2.5}
svg .routed circle{fill:var(--accent)}svg .line.routed{stroke:var(--accent)}
svg .expert circle{fill:var(--blue)}
svg .hull circle{fill:var(--soft)}svg .line.hull{stroke:var(--soft);stroke-dasharray:5 5;stroke-width:1.5}
svg .oracle circle{fill:var(--soft)}svg .line.oracle{stroke:var(--soft);stroke-width:1.5}
svg .beyond circle{fill:var(--card);stroke:var(--accent)}
svg .line.ideal{stroke:var(--soft);stroke-dasharray:5 5;stroke-width:1.5}
.scroll{overflow-x:auto;margin:0 -24px;padding:0 24px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:7px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--soft);font-weight:600;font-size:12px;vertical-align:bottom;white-space:normal;line-height:1.3}
td.left{white-space:normal;min-width:150px}
td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:220px;max-width:420px}td.left{overflow-wrap:anywhere}
th:first-child,td:first-child,td.left,th.left{text-align:left}
tbody tr:last-child td{border-bottom:0}
td small{color:var(--soft);font-size:12px}
td.good{color:var(--accent);font-weight:600}td.bad{color:var(--bad)}
tr.own td{background:var(--accent-soft)}
.letter{display:inline-block;min-width:22px;font-weight:700;color:var(--blue)}
.bar{display:inline-block;width:140px;height:8px;border-radius:4px;background:var(--low);vertical-align:middle}
.bar i{display:block;height:100%;border-radius:4px;background:var(--blue)}
.heat table{border-collapse:separate;border-spacing:2px;width:auto;min-width:100%}
.heat td,.heat th{border:0;padding:5px 4px;min-width:30px;font-size:13px;text-align:center;border-radius:5px}
.heat td:first-child,.heat th:first-child{text-align:left;position:sticky;left:0;background:var(--card);z-index:1}
.heat td[style]{background:color-mix(in srgb,var(--high) calc(var(--v)*1%),var(--low))}
.heat td.best{font-weight:700;box-shadow:inset 0 0 0 2px var(--accent)}
.heat td:first-child{padding-right:10px;white-space:nowrap;max-width:260px;overflow:hidden;text-overflow:ellipsis}
.tag{display:inline-block;border-radius:99px;padding:1px 10px;font-size:12px;font-weight:600}
.tag.add{background:var(--accent-soft);color:var(--accent)}.tag.tune{background:var(--warn-soft);color:var(--warn)}
details{margin-top:16px}summary{cursor:pointer;color:var(--blue);font-weight:600}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(320px,1fr));gap:24px}
.two>*{min-width:0}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);margin:8px 0 0;padding:0;list-style:none}
.key i{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:6px;background:var(--soft)}
.key .routed{background:var(--accent)}.key .expert{background:var(--blue)}
#tip{position:fixed;z-index:9;max-width:300px;padding:8px 12px;border-radius:8px;background:var(--ink);color:var(--paper);
font-size:13px;line-height:1.45;white-space:pre-line;pointer-events:none;opacity:0;transition:opacity .1s}
footer{color:var(--soft);font-size:13px;margin-top:24px}
@media (max-width:640px){main{padding:20px 14px 48px}header h1{font-size:24px}section{padding:18px 16px}
.scroll{margin:0 -16px;padding:0 16px}svg text,svg .axis{font-size:21px}svg .mark text{font-size:21px}svg .mark circle{r:8px}
.cards{grid-template-columns:1fr 1fr;gap:10px}.card{padding:14px}.card b{font-size:23px}.bar{width:70px}
td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:132px;max-width:168px}td.left{min-width:190px}.wide{display:none}
.heat td:first-child,.heat th:first-child{min-width:0;white-space:nowrap;max-width:118px;overflow:hidden;text-overflow:ellipsis}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:12px}main{max-width:none;padding:0}
section,.card{box-shadow:none;break-inside:avoid}.scroll{overflow:visible}details>*{display:block}#tip{display:none}}
)css";

// Without it the browser's own titles still tell what a mark is.
inline constexpr std::string_view kPageScript = R"js(
(function(){var tip=document.getElementById('tip');
document.querySelectorAll('[data-tip] title').forEach(function(t){t.remove()});
function show(e){var m=e.target.closest&&e.target.closest('[data-tip]');if(!m){tip.style.opacity=0;return}
tip.textContent=m.getAttribute('data-tip');var b=m.getBoundingClientRect(),w=tip.offsetWidth,h=tip.offsetHeight;
var x=Math.min(Math.max(8,b.left+b.width/2-w/2),innerWidth-w-8),y=b.top-h-10;if(y<8)y=b.bottom+10;
tip.style.left=x+'px';tip.style.top=y+'px';tip.style.opacity=1}
['mouseover','focusin','click'].forEach(function(n){document.addEventListener(n,show)});
addEventListener('scroll',function(){tip.style.opacity=0},{passive:true});
addEventListener('beforeprint',function(){document.querySelectorAll('details').forEach(function(d){d.open=true})})})();
)js";

}  // namespace ooe::report
