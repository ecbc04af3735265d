import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { World } from "@/tests/support/live-world";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const window = { offset: 0, limit: 100 };

/** @param ms how long a question and its answer are on their way, each. */
function start(ms = 10) {
  const world = new World({ delay: () => ms });
  world.post("a", 1);
  const instance = world.instance();
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => undefined);
    await wait(20 * ms);
    return promise;
  };
  const { boards, views } = instance;
  return { world, boards, views, wait, settled };
}

test("however many ask, one question is asked, and for three quarters of a second no other", async () => {
  const { world, boards, settled, wait } = start();
  const asked = Promise.all(Array.from({ length: 50 }, () => boards.get("b")));
  expect(new Set(await settled(asked)).size).toBe(1);
  // The settings from Postgres, the state from the index, and the settings again in case they changed in between.
  const first = world.questions;
  expect(first).toBeLessThanOrEqual(3);
  await settled(boards.get("b"));
  expect(world.questions).toBe(first);
  await wait(751);
  await settled(boards.get("b"));
  expect(world.questions).toBe(first + 1);
});

test("a score heard of is known at once, without a question", async () => {
  const { world, boards, settled } = start();
  await settled(boards.get("b"));
  const { questions } = world;
  boards.note(1, world.post("a", 2));
  expect((await boards.get("b")).version).toBe(world.version);
  expect(world.questions).toBe(questions);
});

test("an answer to an earlier question does not undo what was heard since", async () => {
  const { world, boards, settled, wait } = start();
  await settled(boards.get("b"));
  const check = boards.check("b");
  await wait(15);
  boards.note(1, world.post("a", 2));
  expect((await settled(check)).version).toBe(world.version);
  const [{ board, epoch }, asked] = [await boards.get("b"), boards.moment()];
  boards.note(1, world.post("a", 3));
  boards.noteRead({ board, epoch, version: 2, stale: false }, asked);
  expect((await boards.get("b")).version).toBe(world.version);
});

test("an index that went back in time is not taken for what it was", async () => {
  const { world, boards, settled, wait } = start();
  for (let score = 2; score < 9; score++) world.post("a", score);
  expect((await settled(boards.get("b"))).version).toBe(8 + 1);
  world.version = 4;
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "e2", version: 1 });
});

test("an index that went back in time while it was away is not taken for what it was", async () => {
  const { world, boards, settled, wait } = start();
  for (let score = 2; score < 9; score++) world.post("a", score);
  expect((await settled(boards.get("b"))).version).toBe(8 + 1);
  world.indexAway = true;
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "pg", stale: true });
  Object.assign(world, { indexAway: false, version: 4 });
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "e2", version: 1 });
});

test("settings heard of while a look was under way are what is told when it ends", async () => {
  const { world, boards, settled, wait } = start();
  await settled(boards.get("b"));
  const early = boards.check("b");
  await wait(15);
  boards.note(1, world.change({ delivery: "polling" }));
  const late = boards.get("b");
  expect((await settled(early)).board.delivery).toBe("sse");
  expect((await settled(late)).board.delivery).toBe("polling");
});

test("a message of a former epoch leads to a look, not to a step back", async () => {
  const { world, boards, settled } = start();
  const former = world.post("a", 2);
  await settled(boards.get("b"));
  world.rebuilt();
  boards.note(1, world.position);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "e2", version: 1 });
  boards.note(1, former);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "e2", version: 1 });
});

test("while the index is away Postgres tells the position; while both are, the last one known is told", async () => {
  const { world, boards, settled, wait } = start();
  await settled(boards.get("b"));
  world.indexAway = true;
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "pg", version: 1, stale: true });
  world.postgresAway = true;
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "pg", version: 1, stale: true });
  world.indexAway = false;
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ epoch: "e1", version: 2, stale: false });
});

test("a board nothing is known of is said to be unavailable while nothing can be read", async () => {
  const { world, boards, settled } = start();
  world.postgresAway = true;
  await expect(settled(boards.get("b"))).rejects.toMatchObject({ code: "unavailable", retryAfter: 1 });
});

test("a deleted board is not found from the moment its end was heard of", async () => {
  const { world, boards, settled, wait } = start();
  await settled(boards.get("b"));
  const early = boards.check("b");
  await wait(15);
  world.exists = false;
  boards.note(1, null);
  await settled(early);
  await expect(settled(boards.get("b"))).rejects.toMatchObject({ code: "board-not-found" });
});

test("a deleted board is not found once a comparison says so, though its index answers", async () => {
  const { world, boards, settled, wait } = start();
  await settled(boards.get("b"));
  Object.assign(world, { exists: false, orphaned: true });
  await wait(751);
  expect(await settled(boards.get("b"))).toMatchObject({ stale: false });
  await wait(6_001);
  await expect(settled(boards.get("b"))).rejects.toMatchObject({ code: "board-not-found" });
});

test("an index that was not compared since connections ended is marked until it is, with the pages read from it", async () => {
  const { world, boards, views, settled, wait } = start();
  expect((await settled(views.read("b", window))).page.stale).toBe(false);
  Object.assign(world, { connectionsLost: 1, auditMs: 60_000 });
  await wait(751);
  const page = settled(views.read("b", window));
  await wait(1_000);
  expect((await page).page).toMatchObject({ stale: true, epoch: "e1" });
  boards.note(1, world.post("a", 2));
  await wait(1_000);
  expect((await settled(views.read("b", window))).page).toMatchObject({ stale: true, version: world.version });
  await wait(60_000);
  const { page: present, etag } = await settled(views.read("b", window));
  expect(present.stale).toBe(false);
  expect(etag).not.toContain("stale");
});

test("a page is read once for all who ask, and then held until the board moves on", async () => {
  const { world, boards, views, settled } = start();
  await settled(boards.get("b"));
  const { questions } = world;
  const read = await settled(Promise.all(Array.from({ length: 50 }, () => views.read("b", window))));
  expect(new Set(read).size).toBe(1);
  expect(await views.read("b", window)).toBe(read[0]);
  expect(world.questions).toBe(questions + 1);
});

test("a page that turns out newer than what was known is held all the same", async () => {
  const { world, boards, views, settled } = start();
  await settled(boards.get("b"));
  world.post("a", 2);
  const read = await settled(views.read("b", window));
  const { questions } = world;
  expect(read.page.version).toBe(world.version);
  expect(await views.read("b", window)).toBe(read);
  expect((await boards.get("b")).version).toBe(world.version);
  expect(world.questions).toBe(questions);
});

test("whoever asks after a score is not given a read that began before it", async () => {
  const { world, boards, views, settled, wait } = start();
  await settled(boards.get("b"));
  const early = views.read("b", window);
  await wait(15);
  boards.note(1, world.post("a", 2));
  const late = views.read("b", window);
  await settled(early);
  expect((await settled(late)).page.version).toBe(world.version);
});

test("no poll waits for more than two reads, however fast scores come in", async () => {
  const { world, boards, views, settled, wait } = start();
  await settled(boards.get("b"));
  const storm = setInterval(() => boards.note(1, world.post("a", world.seq)), 1);
  void views.read("b", window);
  await wait(5);
  const answered = vi.fn();
  void views.read("b", window).then(answered);
  await wait(40);
  clearInterval(storm);
  expect(answered).toHaveBeenCalledOnce();
});

test("a page sorted by Postgres rests for ten times as long as it took, but not once settings have changed", async () => {
  const { world, views, settled } = start(100);
  world.indexAway = true;
  const first = await settled(views.read("b", window));
  world.post("a", 2);
  expect(await settled(views.read("b", window))).toBe(first);
  const afterRest = await settled(views.read("b", window));
  expect(afterRest.page.version).toBe(first.page.version + 1);
  world.change({ name: "Renamed" });
  expect((await settled(views.read("b", window))).page.board.name).toBe("Renamed");
});

test("when nothing can be read the last page held is given, marked as stale", async () => {
  const { world, views, settled, wait } = start();
  await settled(views.read("b", window));
  Object.assign(world, { indexAway: true, postgresAway: true });
  await wait(751);
  const view = await settled(views.read("b", window));
  expect(view.page).toMatchObject({ epoch: "e1", version: 2, stale: true });
  expect(view.text).toContain('"stale":true');
  expect(view.etag).toContain(".stale");
});

test("while the index of a large board is built anew nobody waits: the last page is given, and a newer one made behind it", async () => {
  const { world, boards, views, wait, settled } = start();
  world.crowd = 20_000;
  const first = await settled(views.read("b", window));
  world.rebuilding = true;
  await wait(751);
  const polled = async () => {
    const answered = vi.fn();
    const read = views.read("b", window).then((view) => {
      answered();
      return view;
    });
    await wait(0);
    expect(answered).toHaveBeenCalled();
    return read;
  };
  // That there is no index takes a look to know, but no more: states, settings, states again and settings again.
  const last = views.read("b", window);
  await wait(4 * 2 * 10);
  expect((await last).page).toEqual({ ...first.page, stale: true });
  world.post("z", 9);
  for (let seconds = 1; seconds < 4; seconds++) {
    expect(await polled()).toBe(await last);
    await wait(1_000);
  }
  await wait(1_500);
  expect(await polled()).toBe(await last);
  await wait(100);
  expect((await polled()).page).toMatchObject({
    epoch: "pg",
    stale: true,
    total: 20_002,
    entries: [{ player: "z" }, {}],
  });
  world.rebuilding = false;
  boards.note(1, world.rebuilt());
  expect((await settled(views.read("b", window))).page).toMatchObject({ epoch: "e2", stale: false, total: 20_002 });
});

test("a page that nobody has asked for in a while is not given for the present one", async () => {
  const { world, boards, views, wait, settled } = start();
  world.crowd = 20_000;
  await settled(views.read("b", window));
  boards.note(1, world.post("z", 9));
  await wait(60_000);
  world.indexAway = true;
  expect((await settled(views.read("b", window))).page).toMatchObject({ epoch: "pg", entries: [{ player: "z" }, {}] });
});
