import { type RefObject, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { ComboField } from "@/components/ComboField";
import { CheckField, Form, SelectField } from "@/components/Form";
import { completeValue, completionOf } from "@/entities/logs/filter/completeFilter";
import { type FilterField, operatorsOf, operatorWords } from "@/entities/logs/filter/filterFields";
import { type Condition, plainValue, writeTerm, writtenValue } from "@/entities/logs/filter/readFilter";
import type { Asking } from "@/entities/logs/filter/useKnown";
import styles from "./FilterChips.module.css";

export type EditedTerm = { isNegated: boolean; condition: Condition };

type ConditionFormProps = {
  term: EditedTerm;
  known: Asking;
  /** The other terms: values are counted among what they leave. */
  among: string;
  onTerm: (text: string) => void;
};

const isPresence = (operator: string) => operator === "has" || operator === "missing";

/** A field, an operator and a value, each chosen from what there is. */
export function ConditionForm({ term, known, among, onTerm }: ConditionFormProps) {
  const [field, setField] = useState(term.condition.field);
  const [operator, setOperator] = useState(term.condition.operator);
  const [value, setValue] = useState(() => shownValue(term.condition));
  const [isNegated, setNegated] = useState(term.isNegated);
  const [problem, setProblem] = useState<"field" | "value" | null>(null);
  const valueBox = useRef<HTMLInputElement>(null);

  const fieldOf = (name: string) => known.fields.find((each) => each.name === name);
  const onOperator = (next: string) => {
    // Within a list values are written as the grammar has them; alone they are shown as people write them.
    if (next === "in" && operator !== "in" && value) setValue(writtenValue(value));
    if (next !== "in" && operator === "in") setValue(plainValue(value.split(",")[0]?.trim() ?? ""));
    setOperator(next);
  };
  const onField = (name: string) => {
    setField(name);
    const suitable = operatorsOf(name, fieldOf(name));
    if (!suitable.includes(operator)) onOperator(suitable[0] ?? ":");
  };
  const submit = () => {
    if (!field.trim()) return setProblem("field");
    if (!value.trim() && !isPresence(operator)) return setProblem("value");
    const written = { field: field.trim(), operator, value: writtenFor(operator, value.trim()) };
    onTerm(writeTerm({ isNegated, condition: written }));
  };
  return (
    <Form onSubmit={submit}>
      <ComboField
        label="Field"
        placeholder="name"
        autoFocus={term.condition.field === ""}
        value={field}
        problem={problem === "field" ? "Name a field." : null}
        completing={{
          at: (text) => completeName(text === term.condition.field ? "" : text, text.length, known.fields),
          prepare: known.prepareFields,
          // The value can take the focus when it knows of the field.
          onChosen: () => requestAnimationFrame(() => valueBox.current?.focus()),
        }}
        onChange={onField}
      />
      <SelectField
        label="Operator"
        value={operator}
        options={[...new Set([...operatorsOf(field, fieldOf(field)), operator])].map((id) => ({
          id,
          label: labelOf(id, fieldOf(field)),
        }))}
        onChange={onOperator}
      />
      {!isPresence(operator) && (
        <ValueField
          {...{ field, operator, value, among, known, valueBox }}
          initial={shownValue(term.condition)}
          problem={problem === "value" ? "Give a value." : null}
          onChange={setValue}
        />
      )}
      <div className={styles.formFoot}>
        <CheckField label="Not" value={isNegated} onChange={setNegated} />
        <Button kind="primary" type="submit">
          Apply
        </Button>
      </div>
    </Form>
  );
}

type ValueFieldProps = Pick<ConditionFormProps, "known" | "among"> & {
  field: string;
  operator: string;
  value: string;
  initial: string;
  problem: string | null;
  valueBox: RefObject<HTMLInputElement | null>;
  onChange: (value: string) => void;
};

function ValueField({ field, operator, value, initial, among, known, valueBox, ...props }: ValueFieldProps) {
  const isList = operator === "in";
  const askedOf = (text: string) => {
    // A value that was there when the form opened is no beginning of another.
    const begun = isList ? (/[^,]*$/.exec(text)?.[0] ?? "").trim() : text;
    return { field, among, begun: text === initial ? "" : begun };
  };
  return (
    <ComboField
      {...props}
      label="Value"
      inputRef={valueBox}
      autoFocus={field !== ""}
      value={value}
      completing={{
        prepare: (text) => {
          if (field) known.prepareValues(askedOf(text));
        },
        at: (text) => {
          const from = isList && text !== initial ? text.length - askedOf(text).begun.length : isList ? text.length : 0;
          const insertOf = isList
            ? (each: { text: string }) =>
                `${from === text.length && text && !/,\s*$/.test(text) ? ", " : ""}${each.text}, `
            : (each: { text: string }) => plainValue(each.text);
          return completeValue({ from, to: text.length }, askedOf(text), known, insertOf);
        },
        ...(isList ? {} : { onChosen: () => {} }),
      }}
    />
  );
}

function completeName(begun: string, to: number, fields: readonly FilterField[]) {
  const named = fields.filter(({ name }) => !/[.:]$/.test(name));
  return completionOf(
    { from: 0, to },
    named.map(({ name, says }) => ({ insert: name, label: name, detail: says })),
    begun,
  );
}

const labelOf = (operator: string, field: FilterField | undefined) => {
  const words = operatorWords(operator, field);
  return isPresence(operator) || operator === "in" ? words : `${operator}  ${words}`;
};

const shownValue = ({ operator, value }: Condition) => (operator === "in" ? value : plainValue(value));

function writtenFor(operator: string, value: string): string {
  if (isPresence(operator)) return "";
  return operator === "in" ? value.replace(/(\s*,)+$/, "") : writtenValue(value);
}
