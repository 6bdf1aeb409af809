import { ChevronsDownUp, ChevronsUpDown, Search } from "lucide-react";
import { IconButton } from "@/components/IconButton";
import { SearchBox } from "@/components/SearchBox";
import styles from "./SpanTree.module.css";

type SpanTreeToolsProps = {
  query: string;
  onSearch: (query: string) => void;
  onExpandAll: () => void;
  onCollapseAll: () => void;
};

export function SpanTreeTools({ query, onSearch, onExpandAll, onCollapseAll }: SpanTreeToolsProps) {
  return (
    <div className={styles.tools}>
      <SearchBox
        label="Search spans"
        placeholder="Search spans"
        icon={<Search aria-hidden />}
        value={query}
        isInstant
        onSubmit={onSearch}
      />
      <IconButton label="Expand all" onPress={onExpandAll}>
        <ChevronsUpDown aria-hidden />
      </IconButton>
      <IconButton label="Collapse all" onPress={onCollapseAll}>
        <ChevronsDownUp aria-hidden />
      </IconButton>
    </div>
  );
}
