import { Plus, X } from "lucide-react";
import { Button, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { filterTerms, withoutTerm, withTerm } from "@/features/traces/filterTerms";
import styles from "./FilterChips.module.css";

const USUAL = [
  { term: "error:true", label: "Failed" },
  { term: "start > -1h", label: "In the last hour" },
  { term: "start > -24h", label: "In the last 24 hours" },
  { term: "duration > 10s", label: "Longer than 10 seconds" },
  { term: "cost > 0.1", label: "Dearer than 10 cents" },
  { term: "llm_span_count > 0", label: "With calls of LLMs" },
  { term: "has:thread_id", label: "Part of a conversation" },
];

type FilterChipsProps = { filter: string; onFilter: (filter: string) => void };

/** The filter as chips: the same text as in the box above, term by term. */
export function FilterChips({ filter, onFilter }: FilterChipsProps) {
  const terms = filterTerms(filter);
  const shown = terms ?? [filter];
  return (
    <div className={styles.row}>
      {shown.length > 0 && (
        <ul className={styles.chips} aria-label="Filters">
          {shown.map((term, index) => (
            <li key={term} className={styles.chip}>
              <code>{term}</code>
              <button
                type="button"
                aria-label={`Remove filter ${term}`}
                onClick={() => onFilter(terms ? withoutTerm(filter, index) : "")}
              >
                <X aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <MenuTrigger>
        <Button className={buttonClass("quiet")}>
          <Plus aria-hidden /> Add filter
        </Button>
        <MenuPopover>
          <Menu
            aria-label="Add filter"
            className={menuStyles.menu ?? ""}
            onAction={(term) => onFilter(withTerm(filter, String(term)))}
          >
            {USUAL.map(({ term, label }) => (
              <MenuItem key={term} id={term} textValue={label} className={menuStyles.item ?? ""}>
                {label} <code className={styles.term}>{term}</code>
              </MenuItem>
            ))}
          </Menu>
        </MenuPopover>
      </MenuTrigger>
      {shown.length > 1 && (
        <Button className={buttonClass("quiet")} onPress={() => onFilter("")}>
          Clear filters
        </Button>
      )}
    </div>
  );
}
