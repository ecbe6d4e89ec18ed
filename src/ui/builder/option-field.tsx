import { useId } from "react";
import { OPTIONS, type OptionName, problemOf, type Values, wordsOf } from "../../embed/options.ts";
import { COURSE } from "../lesson/course-names.ts";
import { BUILDER_TEXTS, OPTION_TEXTS } from "./builder-texts.ts";

interface OptionFieldProps {
  readonly name: OptionName;
  readonly value: string;
  onChange(value: string): void;
}

/** Where one option of an embed is chosen, as its row of the table says. */
export function OptionField({ name, value, onChange }: OptionFieldProps) {
  const id = useId();
  const values: Values = OPTIONS[name].values;
  const problem = problemOf(name, value);
  if (typeof values === "object" && "some" in values)
    return (
      <Several
        name={name}
        value={value}
        of={values.some.filter((word) => word !== OPTIONS[name].usual)}
        onChange={onChange}
      />
    );
  return (
    <div className="option">
      <label htmlFor={id}>{OPTION_TEXTS[name].name}</label>
      <Control id={id} name={name} value={value} onChange={onChange} />
      <p className="quiet" id={`${id}-about`}>
        {OPTION_TEXTS[name].about}
      </p>
      <p className="option-problem" role="status" id={`${id}-problem`}>
        {problem}
      </p>
    </div>
  );
}

function Control({ id, name, value, onChange }: OptionFieldProps & { id: string }) {
  const { values, usual }: { values: Values; usual: string } = OPTIONS[name];
  const described = { id, "aria-describedby": `${id}-about ${id}-problem` };
  if (values === "flag")
    return (
      <input
        {...described}
        type="checkbox"
        checked={value !== ""}
        onChange={(event) => onChange(event.target.checked ? "1" : "")}
      />
    );
  if (typeof values === "object" && "one" in values)
    return (
      <select {...described} value={value === usual ? "" : value} onChange={(event) => onChange(event.target.value)}>
        {values.one.map((each) => (
          <option key={each} value={each === usual ? "" : each}>
            {each === usual ? BUILDER_TEXTS.usual(each) : each}
          </option>
        ))}
      </select>
    );
  const proposals = proposalsOf(name, values);
  return (
    <>
      <input
        {...described}
        value={value}
        placeholder={usual}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-invalid={problemOf(name, value) !== undefined}
        {...(proposals.length > 0 ? { list: `${id}-proposals` } : {})}
        onChange={(event) => onChange(event.target.value)}
      />
      {proposals.length > 0 && (
        <datalist id={`${id}-proposals`}>
          {proposals.map((proposal) => (
            <option key={proposal} value={proposal} />
          ))}
        </datalist>
      )}
    </>
  );
}

function proposalsOf(name: OptionName, values: Values): readonly string[] {
  if (name === "lesson") return COURSE;
  return typeof values === "object" && "or" in values && values.or !== undefined ? [values.or] : [];
}

interface SeveralProps extends OptionFieldProps {
  readonly of: readonly string[];
}

function Several({ name, value, of, onChange }: SeveralProps) {
  const words = wordsOf(value);
  const toggle = (word: string) =>
    onChange(of.filter((each) => (each === word ? !words.includes(each) : words.includes(each))).join(" "));
  return (
    <fieldset className="option">
      <legend>{OPTION_TEXTS[name].name}</legend>
      <span className="option-several">
        {of.map((word) => (
          <label key={word}>
            <input type="checkbox" checked={words.includes(word)} onChange={() => toggle(word)} />
            {word}
          </label>
        ))}
      </span>
      <p className="quiet">{OPTION_TEXTS[name].about}</p>
    </fieldset>
  );
}
