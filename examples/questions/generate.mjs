// Prints 300 example questions, one JSON object a line:
//
//     node generate.mjs > generated.jsonl
//
// Every run prints the same questions, since the random numbers come from a
// fixed seed. A family is a function that returns one question as
// { question, answer } or, for multiple choice, { question, answer, wrong },
// where "wrong" lists false answers; it returns null when its random numbers
// do not make a good question, and is then simply called again.
// Each answer is computed, in whole numbers where that is possible; the answers
// of the logic puzzles are found by trying every case.

const SEED = 20240607;

// ---- random numbers ----

let state = SEED;

// mulberry32: a number from 0 (included) to 1 (excluded)
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const int = (low, high) => low + Math.floor(random() * (high - low + 1));
const pick = (list) => list[int(0, list.length - 1)];

function shuffle(list) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = int(0, i);
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

const sample = (list, count) => shuffle(list).slice(0, count);
const ints = (count, low, high) => Array.from({ length: count }, () => int(low, high));

// ---- small helpers ----

const sum = (list) => list.reduce((a, b) => a + b, 0);
const range = (count) => Array.from({ length: count }, (_, i) => i);
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const reverse = (text) => [...text].reverse().join("");

// "+ 3" or "- 3"
const signed = (n) => (n < 0 ? `- ${-n}` : `+ ${n}`);

// 2x + 3, x - 1, -x, ... ("a" and "b" not both zero)
function linear(a, b, name = "x") {
  const head = a === 1 ? name : a === -1 ? `-${name}` : `${a}${name}`;
  return b === 0 ? head : `${head} ${signed(b)}`;
}

// x^2 + bx + c
function quadratic(b, c) {
  const middle = b === 0 ? "" : ` ${b < 0 ? "-" : "+"} ${Math.abs(b) === 1 ? "" : Math.abs(b)}x`;
  return `x^2${middle}${c === 0 ? "" : ` ${signed(c)}`}`;
}

// all orders of a list
function permutations(list) {
  if (list.length < 2) return [list];
  return list.flatMap((first, i) =>
    permutations(list.filter((_, j) => j !== i)).map((rest) => [first, ...rest]));
}

// all lists of "count" truth values
function assignments(count) {
  return range(2 ** count).map((n) => range(count).map((i) => ((n >> i) & 1) === 1));
}

const NAMES = ["Ada", "Bruno", "Clara", "David", "Elena", "Farid", "Greta", "Hugo", "Ines",
  "Jonas", "Kira", "Liam", "Mona", "Nils", "Olga", "Pavel", "Rosa", "Samir", "Tara", "Viktor"];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
  "September", "October", "November", "December"];

// ---- arithmetic ----

function shopping() {
  const [name, count, cents] = [pick(NAMES), int(3, 9), 5 * int(7, 79)];
  const thing = pick(["notebooks", "apples", "pens", "sandwiches", "candles", "postcards"]);
  const price = (cents / 100).toFixed(2);
  const cost = count * cents;
  const note = [10, 20, 50].find((n) => n * 100 > cost);
  return pick([
    { question: `${name} buys ${count} ${thing} at ${price} dollars each and pays with a ${note}-dollar note. How much change, in dollars, is due?`, answer: (note * 100 - cost) / 100 },
    { question: `One of the ${thing} at a market stall costs ${price} dollars. What do ${count} of them cost, in dollars?`, answer: cost / 100 },
    { question: `${name} had ${note} dollars and bought ${count} ${thing} for ${price} dollars apiece. How many dollars are left?`, answer: (note * 100 - cost) / 100 },
  ]);
}

function expression() {
  const [a, b, c, d] = [int(12, 95), int(3, 19), int(4, 16), int(2, 60)];
  const [text, answer] = pick([
    [`${a} + ${b} * ${c} - ${d}`, a + b * c - d],
    [`(${a} - ${b}) * ${c} + ${d}`, (a - b) * c + d],
    [`${a * c} / ${c} - ${b} * ${d}`, a - b * d],
    [`${a} - (${b} - ${d}) * ${c}`, a - (b - d) * c],
    [`${b}^2 + ${c}^2 - ${d}`, b * b + c * c - d],
  ]);
  return { question: `${pick(["Evaluate the expression", "Compute the value of", "Work out, with the usual order of operations,"])} ${text}.`, answer };
}

function sharing() {
  const [thing, box] = pick([["eggs", "carton"], ["books", "crate"], ["tiles", "packet"], ["bottles", "case"], ["bulbs", "tray"]]);
  const [size, full] = [int(6, 24), int(7, 40)];
  const left = int(1, size - 1);
  const total = size * full + left;
  return pick([
    { question: `A ${box} holds ${size} ${thing}. If ${total} ${thing} are packed into full ${box}s, how many ${thing} are left over?`, answer: left },
    { question: `How many ${box}s are needed for ${total} ${thing} when each ${box} holds at most ${size}?`, answer: full + 1 },
    { question: `A shop packs ${total} ${thing}, ${size} to a ${box}. How many ${box}s can it fill completely?`, answer: full },
  ]);
}

function average() {
  const name = pick(NAMES);
  const values = ints(4, 11, 60);
  const last = int(11, 60);
  const total = sum(values) + last;
  if (total % 5 !== 0) return null;
  return pick([
    { question: `What is the arithmetic mean of the numbers ${values.join(", ")} and ${last}?`, answer: total / 5 },
    { question: `${name} scored ${values.join(", ")} points in four rounds of a game. How many points in the fifth round bring the mean of the five rounds to exactly ${total / 5}?`, answer: last },
    { question: `On five days ${name} picked ${values.join(", ")} and ${last} kilograms of plums. What was the mean per day, in kilograms?`, answer: total / 5 },
  ]);
}

function travel() {
  const [speed, hours, vehicle] = [2 * int(20, 60), int(2, 9), pick(["train", "lorry", "coach", "car"])];
  const [other, half] = [2 * int(20, 60), speed / 2];
  return pick([
    { question: `A ${vehicle} moves at a steady ${speed} km/h. How many kilometres does it cover in ${hours} hours and 30 minutes?`, answer: speed * hours + half },
    { question: `A ${vehicle} covers ${speed * hours} km in ${hours} hours at a constant speed. What is the speed in km/h?`, answer: speed },
    { question: `Two cars leave the same town at the same time in opposite directions at ${speed} km/h and ${other} km/h. How many kilometres apart are they after ${hours} hours on a straight road?`, answer: (speed + other) * hours },
    { question: `A ${vehicle} drives for ${hours} hours at ${speed} km/h and then for 3 hours at ${other} km/h. What is the total distance in kilometres?`, answer: speed * hours + 3 * other },
  ]);
}

// one of four expressions has the value asked for
function matching() {
  const make = () => {
    const [a, b, c] = [int(3, 15), int(3, 12), int(2, 30)];
    return pick([
      [`${a} * ${b} + ${c}`, a * b + c],
      [`${a} * (${b} + ${c})`, a * (b + c)],
      [`${a} * ${b} - ${c}`, a * b - c],
      [`${a * b} / ${b} + ${c}`, a + c],
    ]);
  };
  const [right, value] = make();
  const wrong = range(12).map(make).filter(([, v]) => v !== value && Math.abs(v - value) < 40);
  return {
    question: pick([`Which of these expressions has the value ${value}?`, `Which calculation gives exactly ${value}?`, `The result of which expression is ${value}?`]),
    answer: right,
    wrong: wrong.map(([text]) => text),
  };
}

// ---- algebra ----

function equation() {
  const [x, a, b, c] = [int(-9, 12), int(3, 9), int(-12, 15), int(1, 8)];
  if (a === c || b === 0) return null;
  const d = a * x + b - c * x;
  const times = int(3, 9);
  return pick([
    { question: `Solve for x: ${linear(a, b)} = ${linear(c, d)}.`, answer: x },
    { question: `For which number x is ${linear(a, b)} equal to ${a * x + b}?`, answer: x },
    { question: `If ${a}(x ${signed(b)}) = ${a * (x + b)}, what is x?`, answer: x },
    { question: `A number multiplied by ${times} and then reduced by ${a} gives ${times * x - a}. What is the number?`, answer: x },
  ]);
}

function percentage() {
  const [base, rate] = [20 * int(3, 45), 5 * int(1, 15)];
  const part = (base * rate) / 100;
  const thing = pick(["a coat", "a bicycle", "a lamp", "a tent"]);
  return pick([
    { question: `What is ${rate} percent of ${base}?`, answer: part },
    { question: `The price of ${thing} is ${base} dollars. What is it, in dollars, after a discount of ${rate} percent?`, answer: base - part },
    { question: `${part} is what percentage of ${base}? Give the number of percent.`, answer: rate },
    { question: `After a rise of ${rate} percent, ${thing} costs ${base + part} dollars. How many dollars did it cost before?`, answer: base },
  ]);
}

function sequence() {
  const [first, step, n] = [int(2, 20), int(2, 11), int(10, 30)];
  const [start, ratio] = [int(1, 7), int(2, 4)];
  const terms = range(5).map((i) => start * ratio ** i);
  return pick([
    { question: `An arithmetic sequence begins ${range(4).map((i) => first + i * step).join(", ")}. What is its term number ${n}?`, answer: first + (n - 1) * step },
    { question: `What is the sum of the first ${n} terms of the arithmetic sequence with first term ${first} and common difference ${step}?`, answer: n * first + (step * n * (n - 1)) / 2 },
    { question: `A geometric sequence begins ${terms.slice(0, 4).join(", ")}. What is the fifth term?`, answer: terms[4] },
    { question: `A sequence is defined by a(1) = ${first} and a(n + 1) = 2a(n) - ${step}. What is a(4)?`, answer: 8 * first - 7 * step },
  ]);
}

function system() {
  const [x, y, a, b] = [int(-6, 9), int(-6, 9), int(2, 5), int(1, 4)];
  const [p, q, r] = [a * x + b * y, x - y, x + y];
  const show = (u, v) => `x = ${u}, y = ${v}`;
  const by = linear(b, 0, "y");
  const wrong = [[y, x], [-x, y], [x, -y], [x + 1, y - 1], [x + 1, y + 1]]
    .filter(([u, v]) => u !== x || v !== y).map(([u, v]) => show(u, v));
  return pick([
    { question: `Which pair of values solves the system ${a}x + ${by} = ${p} and x - y = ${q}?`, answer: show(x, y), wrong },
    { question: `The numbers x and y satisfy x + y = ${r} and ${a}x - ${by} = ${a * x - b * y}. What are they?`, answer: show(x, y), wrong },
    { question: `Solve the simultaneous equations x + y = ${r} and x - y = ${q}.`, answer: show(x, y), wrong },
  ]);
}

function product() {
  const [a, b] = [int(-9, 9), int(-9, 9)];
  if ([a, b].some((n) => n === 0 || n === -1) || Math.abs(a) === Math.abs(b)) return null;
  const factors = (u, v) => `(x ${signed(u)})(x ${signed(v)})`;
  return pick([
    { question: `${pick(["Expand", "Multiply out"])} the product ${factors(a, b)}.`, answer: quadratic(a + b, a * b),
      wrong: [quadratic(-a - b, a * b), quadratic(a + b, -a * b), quadratic(a - b, a * b), quadratic(a * b, a + b)].filter((t) => t !== quadratic(a + b, a * b)) },
    { question: `Which is the factorised form of ${quadratic(a + b, a * b)}?`, answer: factors(a, b),
      wrong: [factors(-a, -b), factors(-a, b), factors(a, -b), factors(a + 1, b + 1)] },
  ]);
}

// ---- programming ----

function pythonLoop() {
  const [from, count, step, mod] = [int(1, 6), int(5, 12), int(1, 3), int(2, 4)];
  const to = from + count;
  const values = range(count).map((i) => from + i * step).filter((i) => i < to);
  const total = sum(values.filter((i) => i % mod === 0));
  const bits = int(3, 6);
  const ask = pick(["What number does this Python code print?", "Trace this Python program. Which number appears?", "Which number is printed by the following Python code?"]);
  return pick([
    { question: `${ask}\ntotal = 0\nfor i in range(${from}, ${to}, ${step}):\n    if i % ${mod} == 0:\n        total += i\nprint(total)`, answer: total },
    { question: `${ask}\nn = ${from}\nfor k in range(${bits}):\n    n = 2 * n + ${step}\nprint(n)`, answer: from * 2 ** bits + step * (2 ** bits - 1) },
    { question: `${ask}\nprint(sum(x * x for x in range(${from}, ${from + bits})))`, answer: sum(range(bits).map((i) => (from + i) ** 2)) },
  ]);
}

function cArithmetic() {
  const [a, b, c, d] = [int(20, 99), int(3, 9), int(2, 7), int(10, 60)];
  const quotient = Math.floor((a + d) / b);
  const ask = pick(["What number does this C fragment print?", "All variables are of type int. What is the output of this C code?", "Give the number that this C code prints."]);
  const [code, answer] = pick([
    [`int x = ${a};\nx += ${d};\nx = x / ${b};\nprintf("%d", x);`, quotient],
    [`int x = ${a}, y = ${d};\nint z = x % ${b} + y / ${c};\nprintf("%d", z);`, (a % b) + Math.floor(d / c)],
    [`int x = ${b};\nx <<= ${c};\nx |= 1;\nprintf("%d", x);`, (b << c) | 1],
    [`int a[4] = {${a}, ${b}, ${c}, ${d}};\nint *p = a + 1;\nprintf("%d", p[2] - *p);`, d - b],
  ]);
  return { question: `${ask}\n${code}`, answer };
}

function whileLoop() {
  const [start, limit, factor] = [int(2, 9), int(60, 400), int(2, 3)];
  const number = int(1000, 99999);
  let steps = 0;
  for (let n = start; n < limit; n *= factor) steps++;
  const digits = sum([...String(number)].map(Number));
  const halvings = Math.floor(Math.log2(limit));
  return pick([
    { question: `How many times does the body of this JavaScript loop run?\nlet n = ${start};\nwhile (n < ${limit}) {\n  n = n * ${factor};\n}`, answer: steps },
    { question: `What number does this JavaScript code log?\nlet n = ${number}, s = 0;\nwhile (n > 0) {\n  s += n % 10;\n  n = Math.floor(n / 10);\n}\nconsole.log(s);`, answer: digits },
    { question: `What number does this Python code print?\nn, count = ${limit}, 0\nwhile n > 1:\n    n //= 2\n    count += 1\nprint(count)`, answer: halvings },
  ]);
}

const WORDS = ["keyboard", "mountain", "elephant", "notebook", "triangle", "calendar", "sandwich", "umbrella",
  "platform", "dinosaur", "hospital", "magnetic", "painting", "lavender", "tropical"];

function pythonString() {
  const word = pick(WORDS);
  const [from, length] = [int(0, 4), int(2, 4)];
  const to = from + length;
  const slice = word.slice(from, to);
  const even = [...word].filter((_, i) => i % 2 === 0).join("");
  const odd = [...word].filter((_, i) => i % 2 === 1).join("");
  const ask = pick(["What is the value of the Python expression", "In Python, which string results from", "Which string does Python return for"]);
  const cut = word.length - from - 1;
  return pick([
    { question: `${ask} "${word}"[${from}:${to}]?`, answer: slice,
      wrong: [word.slice(from, to + 1), word.slice(from + 1, to + 1), word.slice(from + 1, to), reverse(slice)] },
    { question: `${ask} "${word}"[::2]?`, answer: even, wrong: [odd, reverse(even), word.slice(2), word.slice(0, 2)] },
    { question: `${ask} "${word}"[${from}:${to}][::-1]?`, answer: reverse(slice),
      wrong: [slice, reverse(word).slice(from, to), reverse(word.slice(from, to + 1)), reverse(word.slice(from + 1, to + 1))] },
    { question: `${ask} "${word}"[-${cut}:].upper()?`, answer: word.slice(-cut).toUpperCase(),
      wrong: [word.slice(-cut), word.slice(0, cut).toUpperCase(), word.slice(1 - cut).toUpperCase(), word.slice(cut).toUpperCase()] },
  ]);
}

function numerals() {
  const n = int(17, 250);
  const near = [n + 1, n - 1, n + 2, n + 4, n - 8, n + 16].filter((m) => m > 0);
  const hex = (m) => `0x${m.toString(16).toUpperCase()}`;
  const binary = (m) => m.toString(2);
  const octal = (m) => m.toString(8);
  const [ask, from, to] = pick([
    ["is the binary form of the decimal number", String, binary],
    ["is the decimal value of the hexadecimal literal", hex, String],
    ["is the hexadecimal literal for the binary number", binary, hex],
    ["is the octal form of the decimal number", String, octal],
  ]);
  return { question: `${pick(["What", "Which of these"])} ${ask} ${from(n)}?`, answer: to(n), wrong: near.map(to) };
}

function jsArray() {
  const list = ints(5, 1, 20);
  const [limit, factor] = [int(6, 14), int(2, 5)];
  const show = (values) => `[${values.join(", ")}]`;
  const ask = pick(["Which array does this JavaScript expression give?", "What does this JavaScript expression evaluate to?", "Choose the result of this JavaScript expression:"]);
  const [text, right, wrong] = pick([
    [`.filter(x => x > ${limit}).map(x => x * ${factor})`, list.filter((x) => x > limit).map((x) => x * factor),
      [list.filter((x) => x <= limit).map((x) => x * factor), list.filter((x) => x > limit), list.map((x) => x * factor), list.map((x) => x * factor).filter((x) => x > limit)]],
    [`.slice(1, 4).reverse()`, list.slice(1, 4).reverse(), [list.slice(1, 4), list.slice(1).reverse(), list.slice(0, 4).reverse(), list.slice(0, 3).reverse()]],
    [`.map((x, i) => x + i)`, list.map((x, i) => x + i), [list.map((x, i) => x + i + 1), list.map((x) => x + 1), list.map((x, i) => x * i), list]],
    [`.map(x => x % ${factor})`, list.map((x) => x % factor), [list.map((x) => Math.floor(x / factor)), list.map((x) => x * factor), list.filter((x) => x % factor === 0), list.map((x) => (x + 1) % factor)]],
  ]);
  return { question: `${ask}\n${show(list)}${text}`, answer: show(right), wrong: wrong.map(show) };
}

// ---- units ----

// [from, to, multiplier, divisor]: exact conversions
const CONVERSIONS = [
  ["kilometres", "metres", 1000, 1], ["metres", "centimetres", 100, 1], ["millimetres", "centimetres", 1, 10],
  ["grams", "kilograms", 1, 1000], ["tonnes", "kilograms", 1000, 1], ["litres", "millilitres", 1000, 1],
  ["hours", "minutes", 60, 1], ["days", "hours", 24, 1], ["weeks", "days", 7, 1], ["feet", "inches", 12, 1],
  ["yards", "feet", 3, 1], ["inches", "centimetres", 254, 100], ["square metres", "square centimetres", 10000, 1],
  ["hectares", "square metres", 10000, 1], ["millilitres", "litres", 1, 1000], ["minutes", "seconds", 60, 1],
];

function convert() {
  const [from, to, multiplier, divisor] = pick(CONVERSIONS);
  const n = divisor >= 1000 ? 50 * int(3, 90) : int(3, 85);
  return {
    question: pick([`How many ${to} are there in ${n} ${from}?`, `Convert ${n} ${from} to ${to}.`, `A quantity is given as ${n} ${from}. What is it in ${to}?`]),
    answer: (n * multiplier) / divisor,
  };
}

function speedOrTemperature() {
  const [celsius, metres] = [5 * int(-8, 40), 5 * int(1, 12)];
  const fahrenheit = (celsius * 9) / 5 + 32;
  return pick([
    { question: `What is a temperature of ${celsius} degrees Celsius in degrees Fahrenheit?`, answer: fahrenheit },
    { question: `A thermometer reads ${fahrenheit} degrees Fahrenheit. What is this in degrees Celsius?`, answer: celsius },
    { question: `A speed of ${metres} metres per second equals how many kilometres per hour?`, answer: (metres * 36) / 10 },
  ]);
}

const clock = (minutes) => {
  const m = ((minutes % 1440) + 1440) % 1440;
  return `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
};

function minutesBetween() {
  const [start, length] = [5 * int(72, 190), 5 * int(9, 80)];
  const [a, b] = [clock(start), clock(start + length)];
  return {
    question: pick([
      `A coach leaves at ${a} and arrives at ${b}, less than 24 hours later and in the same time zone. How many minutes is it on the road?`,
      `How many minutes pass from ${a} until the clock next shows ${b} (24-hour clock)?`,
      `A meeting began at ${a} and was over at ${b}, less than a day later. What was its length in minutes?`,
    ]),
    answer: length,
  };
}

function clockAfter() {
  const [start, hours, minutes] = [5 * int(0, 287), int(2, 11), 5 * int(1, 11)];
  const length = 60 * hours + minutes;
  const later = clock(start + length);
  const earlier = clock(start - length);
  return pick([
    { question: `A ferry sails at ${clock(start)} and the crossing takes ${hours} hours ${minutes} minutes. What does the same 24-hour clock show on arrival?`, answer: later,
      wrong: [clock(start + length + 60), clock(start + length - 60), clock(start + length + 10), earlier] },
    { question: `It is ${clock(start)} on a 24-hour clock. What did the clock show ${hours} hours ${minutes} minutes ago?`, answer: earlier,
      wrong: [clock(start - length + 60), clock(start - length - 60), clock(start - length + 10), later] },
  ]);
}

const date = (time) => new Date(time);
const showDate = (d) => `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
const addDays = (d, days) => date(d.getTime() + days * 86400000);
const someDay = () => date(Date.UTC(int(1995, 2030), int(0, 11), int(1, 28)));

function weekday() {
  const [day, count] = [someDay(), int(20, 200)];
  const name = (days) => DAYS[addDays(day, days).getUTCDay()];
  const all = (right) => ({ answer: right, wrong: DAYS.filter((d) => d !== right) });
  return pick([
    { question: `${showDate(day)} is a ${name(0)}. On which day of the week does the date ${count} days later fall?`, ...all(name(count)) },
    { question: `If today is ${name(0)}, which day of the week was it ${count} days ago?`, ...all(name(-count)) },
    { question: `A parcel posted on a ${name(0)} arrives exactly ${count} days later. On which day of the week does it arrive?`, ...all(name(count)) },
  ]);
}

function dateAfter() {
  const [day, count] = [someDay(), int(15, 75)];
  const shifts = (n) => ({ answer: showDate(addDays(day, n)), wrong: [n - 2, n - 1, n + 1, n + 2].map((k) => showDate(addDays(day, k))) });
  return pick([
    { question: `Which date comes exactly ${count} days after ${showDate(day)} in the Gregorian calendar?`, ...shifts(count) },
    { question: `A deadline is ${showDate(day)}. Which date lies exactly ${count} days before it?`, ...shifts(-count) },
  ]);
}

// ---- logic ----

// [scene, relation of an earlier to a later person, first place, last place]
const SCENES = [
  ["ran a race without ties", "finished before", "finished first", "finished last"],
  ["all have different ages", "is older than", "is the oldest", "is the youngest"],
  ["stand side by side in a row", "is further left than", "is furthest left", "is furthest right"],
  ["arrived one after another", "arrived earlier than", "arrived first", "arrived last"],
];

// clues are added until only one order of the four people fits them all
function ordering() {
  const names = sample(NAMES, 4);
  const orders = permutations(names);
  const truth = pick(orders);
  const [scene, verb, first, last] = pick(SCENES);
  const clues = names.flatMap((a) => names.filter((b) => b !== a).map((b) =>
    ({ text: `${a} ${verb} ${b}`, holds: (order) => order.indexOf(a) < order.indexOf(b) })));
  clues.push(...names.map((a) => ({ text: `It is not ${a} who ${first}`, holds: (order) => order[0] !== a })));
  const chosen = [];
  let left = orders;
  for (const clue of shuffle(clues.filter((c) => c.holds(truth)))) {
    const fewer = left.filter(clue.holds);
    if (fewer.length < left.length) chosen.push(clue.text);
    left = fewer;
    if (left.length === 1) break;
  }
  if (left.length !== 1 || chosen.length > 5) return null;
  const [ask, place] = pick([[`Who ${first}?`, 0], [`Who ${last}?`, 3]]);
  return {
    question: `${names.slice(0, 3).join(", ")} and ${names[3]} ${scene}. ${chosen.join(". ")}. ${ask}`,
    answer: left[0][place],
    wrong: names.filter((n) => n !== left[0][place]),
  };
}

// a formula is [text, function of the truth values of P, Q and R]
function formula() {
  const [i, j] = sample([0, 1, 2], 2);
  const literal = (k) => pick([["PQR"[k], (v) => v[k]], [`(not ${"PQR"[k]})`, (v) => !v[k]]]);
  const [[a, f], [b, g]] = [literal(i), literal(j)];
  return pick([
    [`${a} and ${b}`, (v) => f(v) && g(v)],
    [`${a} or ${b}`, (v) => f(v) || g(v)],
    [`if ${a} then ${b}`, (v) => !f(v) || g(v)],
    [`${a} if and only if ${b}`, (v) => f(v) === g(v)],
    [`not (${a} or ${b})`, (v) => !(f(v) || g(v))],
    [`not (${a} and ${b})`, (v) => !(f(v) && g(v))],
  ]);
}

function truthTable() {
  const values = pick(assignments(3));
  const word = (v) => (v ? "true" : "false");
  const wanted = pick([true, false]);
  const formulas = range(20).map(formula);
  const right = formulas.find(([, f]) => f(values) === wanted);
  const wrong = formulas.filter(([, f]) => f(values) !== wanted);
  if (!right) return null;
  const setting = `P is ${word(values[0])}, Q is ${word(values[1])} and R is ${word(values[2])}`;
  return {
    question: pick([`Suppose that ${setting}. Which of these formulas is ${word(wanted)}?`, `${setting}. With the material conditional, exactly one formula below is ${word(wanted)}. Which one?`]),
    answer: right[0],
    wrong: wrong.map(([text]) => text),
  };
}

function equivalence() {
  const [text, f] = formula();
  const rows = assignments(3);
  const same = ([, g]) => rows.every((v) => f(v) === g(v));
  const others = range(60).map(formula).filter(([t]) => t !== text);
  const right = others.find(same);
  if (!right) return null;
  const letters = (t) => ["P", "Q", "R"].filter((name) => t.includes(name)).join("");
  return {
    question: pick([`Which formula is logically equivalent to: ${text}?`, `Which formula has the same truth table as the formula "${text}"?`, `In classical logic, "${text}" means the same as which formula?`]),
    answer: right[0],
    wrong: others.filter((o) => !same(o) && letters(o[0]) === letters(text)).map(([t]) => t),
  };
}

// A model says which of the 8 kinds of thing exist; kind k has property i when
// bit i of k is set. All 256 models are tried.
const KINDS = range(8);
const MODELS = range(256).map((m) => KINDS.filter((k) => (m >> k) & 1));
const has = (k, i) => ((k >> i) & 1) === 1;
const FORMS = [
  ["All X are Y", (model, x, y) => model.every((k) => !has(k, x) || has(k, y))],
  ["No X are Y", (model, x, y) => !model.some((k) => has(k, x) && has(k, y))],
  ["Some X are Y", (model, x, y) => model.some((k) => has(k, x) && has(k, y))],
  ["Some X are not Y", (model, x, y) => model.some((k) => has(k, x) && !has(k, y))],
];
const TERMS = [["painters", "climbers", "gardeners"], ["pilots", "chess players", "singers"], ["bakers", "cyclists", "collectors"],
  ["nurses", "swimmers", "poets"], ["drummers", "beekeepers", "sailors"], ["tailors", "skaters", "gamblers"]];

function syllogism() {
  const terms = shuffle(pick(TERMS));
  const statement = (x, y) => {
    const [form, holds] = pick(FORMS);
    const [a, b] = shuffle([x, y]);
    return { text: form.replace("X", terms[a]).replace("Y", terms[b]), holds: (model) => holds(model, a, b) };
  };
  const premises = [statement(0, 1), statement(1, 2)];
  const conclusions = FORMS.flatMap(([form, holds]) => [[0, 2], [2, 0]].map(([a, b]) =>
    ({ text: form.replace("X", terms[a]).replace("Y", terms[b]), holds: (model) => holds(model, a, b) })));
  const models = MODELS.filter((model) => premises.every((p) => p.holds(model)));
  const peopled = models.filter((model) => [0, 1, 2].every((i) => model.some((k) => has(k, i))));
  // right: true even if a term may be empty; wrong: can be false even if none is
  const right = conclusions.find((c) => models.every(c.holds));
  const wrong = conclusions.filter((c) => !peopled.every(c.holds));
  if (!right || peopled.length === 0) return null;
  const [p, q] = premises.map((x) => x.text);
  return {
    question: pick([`${p}. ${q}. Which conclusion follows necessarily?`, `Premises: ${p}. ${q}. What can be validly concluded?`, `Suppose that ${p.toLowerCase()} and that ${q.toLowerCase()}. Which statement must then be true?`]),
    answer: right.text,
    wrong: wrong.map((c) => c.text),
  };
}

function knights() {
  const names = sample(NAMES, pick([2, 3])).sort();
  const worlds = assignments(names.length);
  const kind = (knight) => (knight ? "a knight" : "a knave");
  const claim = (speaker) => {
    const other = pick(range(names.length).filter((i) => i !== speaker));
    const count = int(1, names.length);
    return pick([
      [`"${names[other]} is a knave"`, (w) => !w[other]],
      [`"${names[other]} and I are of the same kind"`, (w) => w[other] === w[speaker]],
      [`"${names[other]} and I are of different kinds"`, (w) => w[other] !== w[speaker]],
      [`"Exactly ${count} of us ${count === 1 ? "is a knight" : "are knights"}"`, (w) => w.filter(Boolean).length === count],
      [`"At least one of us is a knave"`, (w) => w.includes(false)],
    ]);
  };
  const claims = names.map((_, i) => claim(i));
  const fits = worlds.filter((w) => claims.every(([, f], i) => f(w) === w[i]));
  if (fits.length !== 1) return null;
  const show = (w) => capital(names.map((n, i) => `${n} is ${kind(w[i])}`).join(", "));
  const scene = pick(["On an island, knights always tell the truth and knaves always lie.", "Every islander is either a knight, who never lies, or a knave, who always lies.", "Knights make only true statements, knaves only false ones."]);
  return {
    question: `${scene} ${names.map((n, i) => `${n} says: ${claims[i][0]}.`).join(" ")} What are they?`,
    answer: show(fits[0]),
    wrong: worlds.filter((w) => w !== fits[0]).map(show),
  };
}

// ---- putting the questions together ----

const PLAN = {
  arithmetic: [[shopping, 13], [expression, 13], [sharing, 13], [average, 13], [travel, 12], [matching, 16]],
  algebra: [[equation, 10], [percentage, 10], [sequence, 10], [system, 10], [product, 10]],
  programming: [[pythonLoop, 10], [cArithmetic, 10], [whileLoop, 8], [pythonString, 12], [numerals, 10], [jsArray, 10]],
  units: [[convert, 14], [speedOrTemperature, 8], [minutesBetween, 12], [clockAfter, 9], [weekday, 8], [dateAfter, 9]],
  logic: [[ordering, 10], [truthTable, 10], [equivalence, 10], [syllogism, 10], [knights, 10]],
};

const seen = new Set();

// calls a family until it gives a new question, with three wrong answers if it is multiple choice
function newQuestion(family) {
  for (;;) {
    const made = family();
    if (made === null || seen.has(made.question)) continue;
    if (made.wrong) {
      const wrong = [...new Set(made.wrong)].filter((text) => text !== made.answer);
      if (wrong.length < 3) continue;
      made.wrong = sample(wrong, 3);
    }
    seen.add(made.question);
    return made;
  }
}

for (const [subject, families] of Object.entries(PLAN)) {
  const made = shuffle(families.flatMap(([family, count]) => range(count).map(() => newQuestion(family))));
  let letters = [];
  made.forEach(({ question, answer, wrong }, i) => {
    const object = { id: `gen-${subject}-${String(i + 1).padStart(3, "0")}`, benchmark: "ooe-examples", split: "train", subject, category: "STEM", question };
    if (wrong) {
      if (letters.length === 0) letters = shuffle(["A", "B", "C", "D"]);
      const letter = letters.pop();
      const choices = [...wrong];
      choices.splice("ABCD".indexOf(letter), 0, answer);
      console.log(JSON.stringify({ ...object, choices, answer: letter }));
    } else {
      console.log(JSON.stringify({ ...object, answer: String(answer) }));
    }
  });
}
