import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type Ref, useId, useState } from "react";
import { CompletionList } from "@/components/CompletionList";
import { type Completing, useCompletion } from "@/components/useCompletion";
import styles from "./SearchBox.module.css";

export type CompletionOption = { insert: string; label: string; detail: string };
/** What may replace the characters from `from` to `to`. */
export type Completion = { from: number; to: number; options: CompletionOption[]; note?: string };

type SearchBoxProps = {
  label: string;
  placeholder: string;
  value: string;
  icon: ReactNode;
  shortcut?: string;
  isCode?: boolean;
  errorId?: string;
  inputRef?: Ref<HTMLInputElement>;
  /** Search with every keystroke; otherwise on Enter, on leaving the box and on clearing it. */
  isInstant?: boolean;
  /** What may stand at the caret; offered below the box while it is typed into. */
  completing?: Completing;
  onSubmit: (value: string) => void;
};

export function SearchBox(props: SearchBoxProps) {
  const [draft, setDraft] = useState(props.value);
  const listId = useId();
  const [shown, setShown] = useState(props.value);
  // The address may change under the box (back button, "clear"): then what it says wins over the draft.
  if (shown !== props.value) {
    setShown(props.value);
    setDraft(props.value);
  }
  const submit = (value: string) => {
    if (value.trim() !== props.value) props.onSubmit(value.trim());
  };
  const change = (value: string) => {
    setDraft(value);
    if (props.isInstant) props.onSubmit(value);
  };
  const completion = useCompletion(props.completing, change);
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (completion.onKeyDown(event)) return;
    if (event.key === "Enter") {
      completion.close();
      submit(draft);
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      // The browser would empty the box, and what is asked for would stand without its words.
      event.preventDefault();
      if (draft !== props.value) setDraft(props.value);
      else event.currentTarget.blur();
    }
  };
  const clear = () => {
    setDraft("");
    props.onSubmit("");
  };
  return (
    <div
      className={[styles.field, props.isCode && styles.mono, props.errorId && styles.invalid].filter(Boolean).join(" ")}
    >
      {props.icon}
      <input
        type="search"
        ref={props.inputRef}
        {...completion.attributes(listId)}
        aria-label={props.label}
        aria-keyshortcuts={props.shortcut}
        aria-invalid={props.errorId ? true : undefined}
        aria-describedby={props.errorId}
        placeholder={props.placeholder}
        value={draft}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          change(event.target.value);
          completion.offer(event.target);
        }}
        onBlur={() => {
          completion.close();
          submit(draft);
        }}
        onKeyDown={onKeyDown}
      />
      <CompletionList
        id={listId}
        label={props.label}
        options={completion.options}
        note={completion.note}
        active={completion.active}
        onChoose={completion.choose}
      />
      {draft === "" ? (
        props.shortcut && <kbd aria-hidden>{props.shortcut}</kbd>
      ) : (
        <button
          type="button"
          className={styles.clear}
          aria-label={`Clear ${props.label.toLowerCase()}`}
          onClick={clear}
        >
          <X aria-hidden />
        </button>
      )}
    </div>
  );
}
