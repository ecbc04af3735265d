/** Refuses passwords that are guessed first; length limits are in access.ts. No rules about which characters to mix. */

const words = [
  "abc",
  "admin",
  "administrator",
  "changeme",
  "default",
  "dragon",
  "football",
  "iloveyou",
  "leaderboard",
  "letmein",
  "login",
  "master",
  "monkey",
  "organizer",
  "pass",
  "passphrase",
  "password",
  "princess",
  "qwerty",
  "root",
  "rungs",
  "secret",
  "sunshine",
  "superman",
  "test",
  "trustno",
  "user",
  "welcome",
];

const common = new Set([
  "correcthorsebatterystaple",
  "1q2w3e4r5t6y",
  "1q2w3e4r5t6y7u8i9o0p",
  "1qaz2wsx3edc",
  "1qaz2wsx3edc4rfv",
  "q1w2e3r4t5y6",
  "qazwsxedcrfv",
  "zaq12wsxcde3",
  "123qweasdzxc",
  "qweasdzxc123",
  "qwerty123456",
  "mypassword123",
  "thisismypassword",
  "yourpassword",
  "iloveyouforever",
  "letmeinplease",
  "opensesame123",
]);

const runs = ["0123456789".repeat(3), "abcdefghijklmnopqrstuvwxyz", "1234567890qwertyuiopasdfghjklzxcvbnm"];
const sequences = [...runs, ...runs.map((run) => [...run].reverse().join(""))];
const distinctMin = 5;
const unitMax = 10;

/** What makes a password too easy to guess, or null. */
export function passwordProblem(password: string): string | null {
  const text = password.normalize("NFKC").toLowerCase();
  if (new Set(text).size < distinctMin) return `must use at least ${distinctMin} different characters`;
  if (isRepetition(text)) return "must not repeat one short pattern";
  if (sequences.some((sequence) => sequence.includes(text))) return "must not be a simple sequence";
  if (common.has(text) || isDressedUpWord(text)) return "is too common";
  return null;
}

function isRepetition(text: string): boolean {
  for (let length = 1; length <= unitMax; length++) {
    if (
      text ===
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .slice(0, text.length)
    )
      return true;
  }
  return false;
}

const lookalikes: Record<string, string> = { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", $: "s" };

/** A well-known word, once or repeated, with digits and punctuation around it: `P@ssw0rd2024!`. */
function isDressedUpWord(text: string): boolean {
  const core = text
    .replace(/^[^a-z@$]+|[^a-z]+$/g, "")
    .replace(/[01345@$]/g, (character) => lookalikes[character] ?? "");
  const letters = core.replace(/[^a-z]/g, "");
  return words.some((word) => letters !== "" && letters === word.repeat(letters.length / word.length));
}
