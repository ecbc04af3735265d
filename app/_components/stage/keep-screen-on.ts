/** Asks the browser not to let the screen go dark; it forgets that whenever the page is hidden. */
export function keepScreenOn(): () => void {
  let lock: WakeLockSentinel | undefined;
  let ended = false;
  const ask = async () => {
    if (document.hidden || !("wakeLock" in navigator)) return;
    const given = await navigator.wakeLock.request("screen").catch(() => undefined);
    if (ended) void given?.release();
    else lock = given;
  };
  void ask();
  document.addEventListener("visibilitychange", ask);
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", ask);
    void lock?.release();
  };
}
