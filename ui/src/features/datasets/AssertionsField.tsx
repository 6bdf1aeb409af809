import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "@/components/Button";
import { TextField } from "@/components/Form";
import { IconButton } from "@/components/IconButton";
import { type Assertion, newAssertion } from "@/features/datasets/assertions";
import styles from "./Datasets.module.css";

type AssertionsFieldProps = {
  value: readonly Assertion[];
  isReadOnly: boolean;
  onChange: (value: readonly Assertion[]) => void;
};

/** Sentences that are to hold, in an order; Alt and the arrows move the one that is written. */
export function AssertionsField({ value, isReadOnly, onChange }: AssertionsFieldProps) {
  const list = useRef<HTMLOListElement>(null);
  const [told, setTold] = useState("");
  const focus = (at: number) => list.current?.querySelectorAll("input")[at]?.focus();
  const change = (next: readonly Assertion[], focused: number) => {
    flushSync(() => onChange(next));
    focus(focused);
  };
  const move = (at: number, to: number) => {
    const moved = value[at];
    if (!moved || to < 0 || to >= value.length) return;
    change(value.toSpliced(at, 1).toSpliced(to, 0, moved), to);
    setTold(`Assertion ${at + 1} is number ${to + 1} of ${value.length} now.`);
  };
  const onKeyDown = (at: number) => (event: KeyboardEvent) => {
    if (isReadOnly || !event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(at, event.key === "ArrowUp" ? at - 1 : at + 1);
  };
  return (
    <fieldset className={styles.assertions}>
      <legend>Assertions</legend>
      <p>
        Each is a sentence that is to hold of what comes out.
        {!isReadOnly && (
          <>
            {" "}
            <kbd>Alt</kbd> <kbd>↑</kbd> and <kbd>Alt</kbd> <kbd>↓</kbd> move the one that you write in.
          </>
        )}
      </p>
      <ol ref={list}>
        {value.map(({ id, text }, at) => (
          <li key={id}>
            <TextField
              label={`Assertion ${at + 1}`}
              placeholder="The answer names a price"
              value={text}
              readOnly={isReadOnly}
              onKeyDown={onKeyDown(at)}
              onChange={(next) => onChange(value.with(at, { id, text: next }))}
            />
            {!isReadOnly && (
              <>
                <IconButton
                  label={`Move assertion ${at + 1} up`}
                  isDisabled={at === 0}
                  onPress={() => move(at, at - 1)}
                >
                  <ArrowUp aria-hidden />
                </IconButton>
                <IconButton
                  label={`Move assertion ${at + 1} down`}
                  isDisabled={at === value.length - 1}
                  onPress={() => move(at, at + 1)}
                >
                  <ArrowDown aria-hidden />
                </IconButton>
                <IconButton
                  label={`Remove assertion ${at + 1}`}
                  onPress={() => change(value.toSpliced(at, 1), Math.min(at, value.length - 2))}
                >
                  <X aria-hidden />
                </IconButton>
              </>
            )}
          </li>
        ))}
      </ol>
      {!isReadOnly && (
        <div>
          <Button onPress={() => change([...value, newAssertion()], value.length)}>
            <Plus aria-hidden /> Add assertion
          </Button>
        </div>
      )}
      <p role="status" className={styles.told}>
        {told}
      </p>
    </fieldset>
  );
}
