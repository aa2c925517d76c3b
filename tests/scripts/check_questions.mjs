// Checks the example questions as a whole: enough of them, each well formed, none twice, the right
// letters evenly spread, and the generated ones exactly what their script prints.
//
//     node check_questions.mjs FOLDER
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const complaints = [];
const expect = (holds, complaint) => {
  if (!holds) complaints.push(complaint);
};

const questions = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl"))) {
  const lines = readFileSync(join(folder, file), "utf8").trimEnd().split("\n");
  lines.forEach((line, i) => questions.push({ file, place: `${file}:${i + 1}`, ...JSON.parse(line) }));
}

function byKey(key) {
  const groups = new Map();
  for (const question of questions) {
    const same = groups.get(key(question)) ?? [];
    groups.set(key(question), [...same, question]);
  }
  return groups;
}

const KEYS = ["id", "benchmark", "split", "subject", "category", "question", "answer"];
for (const question of questions) {
  const { place, id, choices, answer } = question;
  for (const key of KEYS) {
    expect(typeof question[key] === "string" && question[key].trim() !== "", `${place}: "${key}" is missing or empty`);
  }
  if (choices) {
    expect(choices.length === 4 && new Set(choices).size === 4, `${place}: ${id} needs four different choices`);
    expect(/^[A-D]$/.test(answer), `${place}: the answer "${answer}" is no letter of a choice`);
  } else {
    expect(/^-?\d+(\.\d+)?$/.test(answer), `${place}: the answer "${answer}" is no number`);
  }
}

// What the predictor sees as one text, or a reader as one question, may stand here once.
const normal = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
for (const [what, key] of [
  ["id", (q) => q.id],
  ["text", (q) => normal([q.question, ...(q.choices ?? [])].join(" "))],
]) {
  for (const [value, same] of byKey(key)) {
    expect(same.length === 1, `${same.map((q) => q.place).join(" and ")}: the same ${what}: ${value}`);
  }
}

const generated = questions.filter((q) => q.file === "generated.jsonl");
expect(questions.length >= 600, `${questions.length} questions; at least 600 are wanted`);
expect(generated.length * 2 <= questions.length, `${generated.length} of ${questions.length} are generated; at most half may be`);
const subjects = byKey((q) => q.subject);
expect(subjects.size >= 12, `${subjects.size} subjects; at least 12 are wanted`);

const lettered = questions.filter((q) => q.choices);
for (const letter of "ABCD") {
  const share = lettered.filter((q) => q.answer === letter).length / lettered.length;
  expect(share >= 0.2 && share <= 0.3, `${letter} is right in ${(100 * share).toFixed(1)}% of all choices; 20 to 30 are wanted`);
}

const printed = execFileSync(process.execPath, [join(folder, "generate.mjs")]);
expect(printed.equals(readFileSync(join(folder, "generated.jsonl"))), "generated.jsonl is not what generate.mjs prints; run: node generate.mjs > generated.jsonl");

if (complaints.length > 0) {
  console.log(complaints.join("\n"));
  process.exit(1);
}
console.log(`${questions.length} questions in ${subjects.size} subjects, ${generated.length} generated`);
