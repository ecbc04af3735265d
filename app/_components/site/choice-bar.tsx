interface ChoiceBarProps<Value extends string> {
  name: string;
  /** For those who do not see the bar. */
  legend: string;
  labels: Readonly<Record<Value, string>>;
  chosen: string;
  onChoose: (value: Value) => void;
  /** The values are languages, and each label is in its own. */
  languages?: boolean;
}

/** A few alternatives side by side, one of them chosen. */
export function ChoiceBar<Value extends string>(props: ChoiceBarProps<Value>) {
  const { name, legend, labels, chosen, onChoose, languages } = props;
  const values = Object.keys(labels) as Value[];
  return (
    <fieldset className="flex items-center gap-1 rounded-full border border-line bg-surface p-1 text-sm">
      <legend className="sr-only">{legend}</legend>
      {values.map((value) => (
        <label
          key={value}
          lang={languages ? value : undefined}
          className="rounded-full px-3 py-1 text-muted has-checked:bg-sunken has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            value={value}
            checked={chosen === value}
            onChange={() => onChoose(value)}
            className="sr-only"
          />
          {labels[value]}
        </label>
      ))}
    </fieldset>
  );
}
