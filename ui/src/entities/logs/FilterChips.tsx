import { Plus, X } from "lucide-react";
import { Button, Menu, MenuItem, MenuTrigger } from "react-aria-components";
import { buttonClass } from "@/components/Button";
import menuStyles from "@/components/Menu.module.css";
import { MenuPopover } from "@/components/MenuPopover";
import { filterTerms, withoutTerm, withTerm } from "@/entities/logs/filterTerms";
import styles from "./FilterChips.module.css";

type FilterChipsProps = {
  filter: string;
  usual: readonly { term: string; label: string }[];
  onFilter: (filter: string) => void;
};

/** The filter as chips: the same text as in the box above, term by term. */
export function FilterChips({ filter, usual, onFilter }: FilterChipsProps) {
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
            {usual.map(({ term, label }) => (
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
