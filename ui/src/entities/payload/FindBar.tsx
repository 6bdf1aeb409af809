import { ChevronDown, ChevronUp, X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { IconButton } from "@/components/IconButton";
import type { Finding } from "@/entities/payload/useFinding";
import { formatCount } from "@/lib/format";
import styles from "./FindBar.module.css";

type FindBarProps = { finding: Finding; label: string; onClose: () => void };

/** Looks for words in one body: Enter goes to the next place, with Shift to the one before. */
export function FindBar({ finding, label, onClose }: FindBarProps) {
  const { words, at, count, isCut } = finding;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") onClose();
    else finding.step(event.shiftKey ? -1 : 1);
  };
  return (
    <search className={styles.bar}>
      <input
        type="text"
        // biome-ignore lint/a11y/noAutofocus: it was asked for to be written into
        autoFocus
        aria-label={label}
        placeholder="Find"
        autoComplete="off"
        spellCheck={false}
        value={words}
        onChange={(event) => finding.look(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span role="status" className={styles.count}>
        {words !== "" &&
          (count === 0 ? "not found" : `${formatCount(at + 1)} of ${formatCount(count)}${isCut ? "+" : ""}`)}
      </span>
      <IconButton label="Previous match" shortcut="⇧ Enter" isDisabled={count === 0} onPress={() => finding.step(-1)}>
        <ChevronUp aria-hidden />
      </IconButton>
      <IconButton label="Next match" shortcut="Enter" isDisabled={count === 0} onPress={() => finding.step(1)}>
        <ChevronDown aria-hidden />
      </IconButton>
      <IconButton label="Close find" shortcut="Esc" onPress={onClose}>
        <X aria-hidden />
      </IconButton>
    </search>
  );
}
