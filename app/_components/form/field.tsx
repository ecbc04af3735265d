import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";

interface FieldWords {
  label: string;
  name: string;
  hint?: ReactNode;
  error?: string | undefined;
}

type FieldProps = FieldWords & InputHTMLAttributes<HTMLInputElement>;

/** A labelled text input with its hint and its error. */
export function Field({ label, hint, error, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <input id={id} className="input" {...describedBy(id, hint, error)} {...input} />
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

type TextareaFieldProps = FieldWords & TextareaHTMLAttributes<HTMLTextAreaElement>;

/** The same for several lines. */
export function TextareaField({ label, hint, error, ...textarea }: TextareaFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <textarea id={id} className="input font-mono text-sm" {...describedBy(id, hint, error)} {...textarea} />
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

interface SelectFieldProps extends FieldWords {
  options: Record<string, string>;
  defaultValue: string;
  disabled?: boolean;
}

export function SelectField({ label, options, hint, error, ...select }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <select id={id} className="input" {...describedBy(id, hint, error)} {...select}>
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  );
}

function describedBy(id: string, hint: ReactNode, error: string | undefined) {
  const notes = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean);
  return { "aria-invalid": error ? true : undefined, "aria-describedby": notes.join(" ") || undefined };
}

function FieldNotes({ id, hint, error }: { id: string; hint: ReactNode; error: string | undefined }) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} lang="en" className="text-danger text-sm">
          {sentence(error)}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-sm">
          {hint}
        </p>
      )}
    </>
  );
}

/** The API, which speaks English, says "must not be empty"; beside a field that reads "Must not be empty." */
function sentence(detail: string): string {
  return `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? "" : "."}`;
}
