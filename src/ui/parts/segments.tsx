interface SegmentsProps<T extends string | number> {
  readonly label: string;
  readonly choices: readonly { readonly value: T; readonly title: string }[];
  readonly chosen: T;
  onChoose(value: T): void;
}

/** A few choices of which one holds. */
export function Segments<T extends string | number>({ label, choices, chosen, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{label}</legend>
      {choices.map(({ value, title }) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => onChoose(value)}>
          {title}
        </button>
      ))}
    </fieldset>
  );
}
