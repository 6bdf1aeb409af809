import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, type Ref, useState } from "react";
import styles from "./SearchBox.module.css";

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
  onSubmit: (value: string) => void;
};

export function SearchBox(props: SearchBoxProps) {
  const [draft, setDraft] = useState(props.value);
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
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") submit(draft);
    if (event.key === "Escape") {
      event.stopPropagation();
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
        aria-label={props.label}
        aria-keyshortcuts={props.shortcut}
        aria-invalid={props.errorId ? true : undefined}
        aria-describedby={props.errorId}
        placeholder={props.placeholder}
        value={draft}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => change(event.target.value)}
        onBlur={() => submit(draft)}
        onKeyDown={onKeyDown}
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
