/** A place whose player is still on the way. */
export function WaitingRow({ position, columns, text }: { position: number; columns: number; text: string }) {
  const cell = "border-line border-b bg-surface px-1.5 sm:px-3";
  return (
    <tr aria-rowindex={position + 1} className="group tabular-nums">
      <td className={`${cell} pl-3 text-muted sm:pl-6`}>
        <span className="inline-flex h-7 items-center px-1.5">{text}</span>
      </td>
      <td className={`${cell} w-full`}>
        <span aria-hidden="true" className="block h-3 w-40 max-w-full rounded-full bg-sunken" />
      </td>
      <td className={cell} />
      {Array.from({ length: columns }, (_, i) => i).map((i) => (
        <td key={i} className={`${cell} max-sm:hidden`} />
      ))}
    </tr>
  );
}
