import type { CompletionOption } from "@/components/SearchBox";
import styles from "./CompletionList.module.css";

type CompletionListProps = {
  id: string;
  label: string;
  options: readonly CompletionOption[];
  active: number;
  onChoose: (index: number) => void;
};

/** What may be written next; the box keeps the focus and names the active option. */
export function CompletionList({ id, label, options, active, onChoose }: CompletionListProps) {
  return (
    <div id={id} role="listbox" aria-label={`${label}: suggestions`} className={styles.list}>
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the box handles the keys
        // biome-ignore lint/a11y/useFocusableInteractive: the box has the focus
        <div
          key={option.label}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={styles.option}
          // A press must not take the focus from the box.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(index)}
        >
          <code>{option.label}</code>
          <span>{option.detail}</span>
        </div>
      ))}
    </div>
  );
}
