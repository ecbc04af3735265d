/** A place whose player is still on the way. */
export function WaitingRow({ position, columns, text }: { position: number; columns: number; text: string }) {
  return (
    <tr aria-rowindex={position + 1}>
      <td>
        <span className="rank text-muted">{text}</span>
      </td>
      <td className="w-full">
        <span aria-hidden="true" className="block h-3 w-40 max-w-full rounded-full bg-sunken" />
      </td>
      <td />
      {Array.from({ length: columns }, (_, i) => i).map((i) => (
        <td key={i} />
      ))}
    </tr>
  );
}
