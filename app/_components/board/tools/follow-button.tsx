import { followedMax } from "@/app/_hooks/followed";
import { useFollowed } from "@/app/_hooks/use-followed";
import { useTexts } from "@/app/_texts/use-texts";

interface FollowButtonProps {
  boardId: string;
  player: string;
  name: string;
  className?: string;
}

/** Follows a player, or stops doing so. */
export function FollowButton({ boardId, player, name, className = "" }: FollowButtonProps) {
  const t = useTexts("tools");
  const { players, toggle } = useFollowed(boardId);
  const isOn = players.includes(player);
  const isFull = !isOn && players.length >= followedMax;
  return (
    <button
      type="button"
      aria-label={t("follow", { name })}
      aria-pressed={isOn}
      title={isFull ? t("full", { count: followedMax }) : t(isOn ? "unfollow" : "follow", { name })}
      disabled={isFull}
      className={`button border-transparent px-2 ${className}`}
      onClick={() => toggle(player)}
    >
      <svg
        viewBox="0 0 20 20"
        aria-hidden="true"
        className={`size-5 stroke-current ${isOn ? "fill-current text-accent" : "fill-none"}`}
      >
        <path
          strokeWidth="1.5"
          strokeLinejoin="round"
          d="m10 2.5 2.3 4.8 5.2.7-3.8 3.6 1 5.2-4.7-2.5-4.7 2.5 1-5.2L2.5 8l5.2-.7z"
        />
      </svg>
    </button>
  );
}
