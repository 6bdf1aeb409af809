import { Plus, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { Button, DialogTrigger } from "react-aria-components";
import { buttonClass, Button as PlainButton } from "@/components/Button";
import { ConditionForm } from "@/entities/logs/filter/ConditionForm";
import { FilterChip, FilterPopover } from "@/entities/logs/filter/FilterChip";
import { withoutTerm, withTerm, withTermAt } from "@/entities/logs/filter/filterTerms";
import { readFilter } from "@/entities/logs/filter/readFilter";
import type { Asking } from "@/entities/logs/filter/useKnown";
import styles from "./FilterChips.module.css";

type FilterChipsProps = {
  filter: string;
  usual: readonly { term: string; label: string }[];
  known: Asking;
  onFilter: (filter: string) => void;
  /** The whole text is wanted in its box. */
  onEditText: () => void;
  onDiffer: (selection: string, among: string) => void;
};

/** The filter as chips: the same text as in the box above, term by term. */
export function FilterChips({ filter, usual, known, onFilter, onEditText, onDiffer }: FilterChipsProps) {
  const read = readFilter(filter);
  const terms = "terms" in read ? read.terms : [];
  const list = useRef<HTMLUListElement>(null);
  const add = useRef<HTMLButtonElement>(null);
  const removedAt = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the filter has changed the focus finds its neighbour
  useEffect(() => {
    const at = removedAt.current;
    if (at === null) return;
    removedAt.current = null;
    // Whoever has gone elsewhere meanwhile stays there.
    const focused = document.activeElement;
    if (focused && focused !== document.body && !list.current?.contains(focused)) return;
    const chips = list.current?.querySelectorAll<HTMLElement>("li > button:first-child") ?? [];
    (chips[Math.min(at, chips.length - 1)] ?? add.current)?.focus();
  }, [filter]);
  const onRemove = (index: number) => {
    removedAt.current = index;
    onFilter(withoutTerm(filter, index));
  };
  return (
    <div className={styles.row}>
      {"problem" in read && (
        <div className={styles.whole}>
          <code>{filter}</code>
          <span>
            {read.problem === "alternatives"
              ? "Conditions that are joined by OR are one text."
              : "This text cannot be told apart into conditions."}
          </span>
          <PlainButton onPress={onEditText}>Edit as text</PlainButton>
          <button type="button" aria-label={`Remove filter ${filter}`} onClick={() => onFilter("")}>
            <X aria-hidden />
          </button>
        </div>
      )}
      {terms.length > 0 && (
        <ul ref={list} className={styles.chips} aria-label="Filters">
          {terms.map((term, index) => {
            const among = withoutTerm(filter, index);
            return (
              <FilterChip
                // biome-ignore lint/suspicious/noArrayIndexKey: a changed term stays where it was, with its focus
                key={index}
                {...{ term, among, known }}
                onTerm={(text) => onFilter(withTermAt(filter, index, text))}
                onRemove={() => onRemove(index)}
                onDiffer={() => onDiffer(term.text, among)}
              />
            );
          })}
        </ul>
      )}
      <AddFilter
        {...{ usual, known }}
        button={add}
        among={"terms" in read ? filter : ""}
        onTerm={(term) => onFilter(withTerm(filter, term))}
      />
      {filter !== "" && (
        <PlainButton kind="quiet" onPress={() => onDiffer(filter, "")}>
          What is different?
        </PlainButton>
      )}
      {terms.length > 1 && (
        <PlainButton kind="quiet" onPress={() => onFilter("")}>
          Clear filters
        </PlainButton>
      )}
    </div>
  );
}

type AddFilterProps = Pick<FilterChipsProps, "usual" | "known"> & {
  button: RefObject<HTMLButtonElement | null>;
  among: string;
  onTerm: (term: string) => void;
};

function AddFilter({ usual, known, button, among, onTerm }: AddFilterProps) {
  const [isOpen, setOpen] = useState(false);
  const add = (term: string) => {
    setOpen(false);
    onTerm(term);
  };
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button ref={button} className={buttonClass("quiet")}>
        <Plus aria-hidden /> Add filter
      </Button>
      <FilterPopover label="Add filter">
        <ul className={styles.usual} aria-label="Usual filters">
          {usual.map(({ term, label }) => (
            <li key={term}>
              <button type="button" title={term} onClick={() => add(term)}>
                {label}
              </button>
            </li>
          ))}
        </ul>
        <ConditionForm
          term={{ isNegated: false, condition: { field: "", operator: "=", value: "" } }}
          {...{ known, among }}
          onTerm={add}
        />
      </FilterPopover>
    </DialogTrigger>
  );
}
