import type { ReactNode } from "react";

interface FieldsetProps {
  legend: string;
  /** The member of the request that it makes up, so that errors of it find their place. */
  name: string;
  error?: string | undefined;
  disabled?: boolean;
  children: ReactNode;
}

/** Several controls that are one answer. */
export function Fieldset({ legend, name, error, disabled, children }: FieldsetProps) {
  return (
    <fieldset name={name} disabled={disabled} tabIndex={error ? -1 : undefined} aria-invalid={error ? true : undefined}>
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {error && (
        // What the API says is English, whatever the page speaks.
        <p lang="en" className="mb-2 text-danger text-sm">
          It {error}.
        </p>
      )}
      {children}
    </fieldset>
  );
}

interface ChoiceProps {
  type: "radio" | "checkbox";
  name: string;
  value: string;
  label: ReactNode;
  hint?: string;
  defaultChecked?: boolean;
  onChange?: (checked: boolean) => void;
}

export function Choice({ label, hint, onChange, ...input }: ChoiceProps) {
  return (
    <label className="flex items-start gap-3 py-1">
      <input
        {...input}
        onChange={(event) => onChange?.(event.target.checked)}
        className="mt-1 size-4 shrink-0 accent-accent"
      />
      <span>
        {label}
        {hint && <span className="block text-muted text-sm">{hint}</span>}
      </span>
    </label>
  );
}
