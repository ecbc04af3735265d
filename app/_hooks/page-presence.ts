export interface Presence {
  /** Whether the tab has been hidden for so long that it should hold no connection. */
  away: boolean;
  offline: boolean;
}

const awayAfterMs = 60_000;

/** Reports whether anyone can be looking and whether the browser knows of a network; at once, then on change. */
export function watchPresence(onChange: (presence: Presence) => void): () => void {
  const presence: Presence = { away: false, offline: !navigator.onLine };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (change: Partial<Presence>) => onChange({ ...Object.assign(presence, change) });

  const onVisibility = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => set({ away: true }), awayAfterMs);
    else if (presence.away) set({ away: false });
  };
  const onNetwork = () => set({ offline: !navigator.onLine });

  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", onNetwork);
  window.addEventListener("offline", onNetwork);
  onVisibility();
  set({});
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("online", onNetwork);
    window.removeEventListener("offline", onNetwork);
  };
}
