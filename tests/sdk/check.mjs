// Counts what is as it should be, and says what is not.
const count = { passed: 0, failed: 0 };

export function check(good, what) {
  if (good) count.passed++;
  else count.failed++;
  if (!good) console.log(`not ok: ${what}`);
}

// Ends the program.
export function finish() {
  console.log(`${count.passed} passed, ${count.failed} failed`);
  process.exit(count.failed ? 1 : 0);
}
