import { CheckField } from "@/components/Form";
import { ModalDialog } from "@/components/ModalDialog";
import { useReversedKeys } from "@/lib/hotkeys";
import styles from "./KeysOverlay.module.css";

const GROUPS = [
  {
    title: "Anywhere",
    keys: [
      { keys: ["Ctrl K", "⌘ K"], does: "Command palette" },
      { keys: ["?"], does: "Show these keys" },
      { keys: ["Ctrl .", "⌘ ."], does: "About the server: version, connection, how far it is" },
      { keys: ["U"], does: "Undo what was just done" },
      { keys: ["H"], does: "History of what the page shows" },
    ],
  },
  {
    title: "Logs",
    keys: [
      { keys: ["J", "↓"], does: "Next trace, span or thread" },
      { keys: ["K", "↑"], does: "Previous one" },
      { keys: ["Enter"], does: "Open it" },
      { keys: ["Space"], does: "A glance at it, and back" },
      { keys: ["X", "Shift X"], does: "Choose the row; all rows up to it" },
      { keys: ["D"], does: "Compare the two traces that are chosen" },
      { keys: ["Esc"], does: "Choose nothing; close what is open" },
      { keys: ["/"], does: "Search" },
      { keys: ["F"], does: "Filter" },
      { keys: ["Enter", "Delete"], does: "On a condition of the filter: change it, remove it" },
      { keys: ["R"], does: "Refresh" },
      { keys: ["W"], does: "What is different about those that are chosen, or else filtered" },
      { keys: ["Shift ←", "Shift →"], does: "At the edge of a column's head: move the column" },
    ],
  },
  {
    title: "Spans of a trace",
    keys: [
      { keys: ["1", "2", "3", "4", "5"], does: "Tree, timeline, flame chart, transcript, graph" },
      { keys: ["↓", "↑"], does: "Next, previous span" },
      { keys: ["→", "←"], does: "Expand, collapse; to the child, to the parent" },
      { keys: ["Enter"], does: "Expand or collapse" },
      { keys: ["Home", "End"], does: "First, last span" },
      { keys: ["[", "]"], does: "Span of the same name before, after" },
      { keys: ["{", "}"], does: "Sibling before, after" },
      { keys: ["+", "-", "0"], does: "In the graph: larger, smaller, all of it" },
      { keys: ["Shift ←", "Shift ↑"], does: "In the graph: move the picture" },
    ],
  },
  {
    title: "Input, output and metadata",
    keys: [
      { keys: ["↓", "↑"], does: "In a tree: next, previous value" },
      { keys: ["→", "←"], does: "Open, close; to the child, to the parent" },
      { keys: ["Tab"], does: "From a branch to what can be done with it" },
      { keys: ["Enter", "Shift Enter"], does: "While finding: next, previous match" },
    ],
  },
  {
    title: "What is open",
    keys: [
      { keys: ["A"], does: "Annotate the trace, span or thread" },
      { keys: ["C"], does: "Comment on it" },
      { keys: ["E"], does: "Add a trace or span, or what is chosen, to a dataset" },
      { keys: ["D"], does: "Compare the trace with another" },
    ],
  },
  {
    title: "Comparison of traces",
    keys: [
      { keys: ["N", "P"], does: "Next, previous difference" },
      { keys: ["↓", "↑"], does: "Next, previous row" },
      { keys: ["→", "←"], does: "To the first child, to the parent" },
      { keys: ["O"], does: "Only differences, or everything" },
      { keys: ["S"], does: "Swap the sides" },
      { keys: ["R"], does: "Read both again" },
    ],
  },
  {
    title: "Item of a dataset",
    keys: [{ keys: ["J", "K"], does: "Keep what was written in the draft; next, previous item" }],
  },
  {
    title: "Item of compared experiments",
    keys: [
      { keys: ["J", "K"], does: "Next, previous item" },
      { keys: ["A"], does: "Annotate the first run; outside a field, the next one" },
      { keys: ["Esc"], does: "Close the annotation, then the item" },
    ],
  },
  {
    title: "History",
    keys: [
      { keys: ["←", "→"], does: "On the slider: one change earlier, later" },
      { keys: ["Home", "End"], does: "On the slider: as it began, as it is now" },
    ],
  },
  {
    title: "Trash",
    keys: [
      { keys: ["J", "↓"], does: "Next thing" },
      { keys: ["K", "↑"], does: "Previous thing" },
      { keys: ["R"], does: "Restore it" },
    ],
  },
  {
    title: "Audit log",
    keys: [
      { keys: ["J", "↓"], does: "Older event" },
      { keys: ["K", "↑"], does: "Newer event" },
      { keys: ["Enter"], does: "Open it; then J, K and H go on from there" },
      { keys: ["/"], does: "By whom" },
    ],
  },
  {
    title: "Review of a queue",
    keys: [
      { keys: ["Tab"], does: "From score to score, and to the comment" },
      { keys: ["Ctrl Enter", "⌘ Enter"], does: "Done with this item, on to the next" },
      { keys: ["S"], does: "Skip this item" },
      { keys: ["F"], does: "To the first score" },
      { keys: ["C"], does: "To the comment" },
      { keys: ["Esc"], does: "Leave the field, so that the keys are shortcuts again" },
      { keys: ["J", "K"], does: "Next, previous item of the queue" },
      { keys: ["Ctrl I", "⌘ I"], does: "To the list of items; then ↓, ↑ and Enter" },
    ],
  },
];

type KeysOverlayProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

export function KeysOverlay({ isOpen, onOpenChange }: KeysOverlayProps) {
  const [isReversed, setReversed] = useReversedKeys();
  return (
    <ModalDialog title="Keyboard shortcuts" isFull isOpen={isOpen} onOpenChange={onOpenChange}>
      <CheckField label="In lists J goes up and K goes down" value={isReversed} onChange={setReversed} />
      <div className={styles.keys}>
        {GROUPS.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map((entry) => (
                <div key={entry.does}>
                  <dt>{entry.does}</dt>
                  <dd>
                    {entry.keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </ModalDialog>
  );
}
