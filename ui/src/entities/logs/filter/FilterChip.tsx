import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { Button as PlainButton } from "@/components/Button";
import { ConditionForm } from "@/entities/logs/filter/ConditionForm";
import type { Condition, Term } from "@/entities/logs/filter/readFilter";
import { TermForm } from "@/entities/logs/filter/TermForm";
import type { Asking } from "@/entities/logs/filter/useKnown";
import styles from "./FilterChips.module.css";

type FilterChipProps = {
  term: Term;
  /** The other terms of the filter. */
  among: string;
  known: Asking;
  onTerm: (text: string) => void;
  onRemove: () => void;
  /** Asks what is different about the things of which this term holds. */
  onDiffer: () => void;
};

/** One condition: pressed it opens to be changed, and `Delete` takes it away. */
export function FilterChip({ term, among, known, onTerm, onRemove, onDiffer }: FilterChipProps) {
  const [isOpen, setOpen] = useState(false);
  const { condition, isNegated, text } = term;
  const apply = (next: string) => {
    setOpen(false);
    onTerm(next);
  };
  return (
    <li className={styles.chip} data-negated={isNegated || undefined}>
      <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <Button
          className={styles.open ?? ""}
          aria-label={text}
          onKeyDown={(event) => {
            if (event.key === "Delete" || event.key === "Backspace") onRemove();
            // Keys of the page are meant here too.
            else event.continuePropagation();
          }}
        >
          <code>{condition ? <Written {...{ condition, isNegated }} /> : text}</code>
        </Button>
        <FilterPopover label={`Filter ${text}`}>
          {condition ? (
            <ConditionForm term={{ isNegated, condition }} {...{ known, among }} onTerm={apply} />
          ) : (
            <TermForm {...{ text, known }} onTerm={apply} />
          )}
          <PlainButton
            kind="quiet"
            onPress={() => {
              setOpen(false);
              onDiffer();
            }}
          >
            What is different about these?
          </PlainButton>
        </FilterPopover>
      </DialogTrigger>
      <button type="button" aria-label={`Remove filter ${text}`} onClick={onRemove}>
        <X aria-hidden />
      </button>
    </li>
  );
}

function Written({ condition: { field, operator, value }, isNegated }: { condition: Condition; isNegated: boolean }) {
  const isPresence = operator === "has" || operator === "missing";
  return (
    <>
      {isNegated && <b>NOT </b>}
      {isPresence ? (
        <>
          <span>{operator}:</span>
          <strong>{field}</strong>
        </>
      ) : (
        <>
          <span>{operator === ":" ? `${field}:` : `${field} ${operator} `}</span>
          <strong>{operator === "in" ? `(${value})` : value}</strong>
        </>
      )}
    </>
  );
}

/** Room for the lists of its fields, which reach beyond it. */
export function FilterPopover({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Popover className={styles.popover ?? ""} placement="bottom start" offset={4}>
      <Dialog className={styles.dialog ?? ""} aria-label={label}>
        {children}
      </Dialog>
    </Popover>
  );
}
