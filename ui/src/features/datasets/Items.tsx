import { Filter, Pencil, Plus, Save, Search, Trash2, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { RowHeightMenu } from "@/components/RowHeightMenu";
import { useRowHeight } from "@/components/rowHeight";
import { SearchBox } from "@/components/SearchBox";
import { CodeDialog } from "@/features/datasets/CodeDialog";
import type { DatasetSearch } from "@/features/datasets/DatasetView";
import { type Draft, isEmpty, shown, summary } from "@/features/datasets/draft";
import { EditItemsDialog } from "@/features/datasets/EditItemsDialog";
import { ExportItems } from "@/features/datasets/ExportItems";
import { ItemDialog } from "@/features/datasets/ItemDialog";
import { ItemsTable } from "@/features/datasets/ItemsTable";
import { useItemColumns } from "@/features/datasets/itemColumns";
import { SaveDialog } from "@/features/datasets/SaveDialog";
import { type Dataset, useItems, type Version } from "@/features/datasets/useDataset";
import { type ItemChange, useDraft } from "@/features/datasets/useDraft";
import { formatCount } from "@/lib/format";
import { isObject, type JsonObject, parseJson } from "@/lib/json";
import styles from "./Datasets.module.css";

type ItemsProps = {
  dataset: Dataset;
  search: DatasetSearch;
  traceLink: (traceId: string) => ReactNode;
  refresh: () => void;
  onSearch: (search: DatasetSearch) => void;
};

/** The items of a version; changes to the newest are gathered and saved together as the next. */
export function Items({ dataset, search, traceLink, refresh, onSearch }: ItemsProps) {
  const [asked, setAsked] = useState<"save" | "edit" | null>(null);
  const newest = dataset.versions[0];
  const version = dataset.versions.find(({ hash }) => hash === search.version) ?? newest;
  const isNewest = version === newest;
  const keys = version?.columns.map(({ name }) => name) ?? [];
  const isSuite = dataset.kind === "EVALUATION_SUITE";
  const draft = useDraft(keys);
  const { q = "", filter = "" } = search;
  const items = useItems(
    { id: dataset.id, version: isNewest ? undefined : version?.hash, search: q, filter },
    `${newest?.id} ${dataset.itemCount}`,
  );
  const { list, failure } = items;
  const rows = shown(list?.items ?? [], draft.draft);
  const chosen = rows.filter(({ id }) => draft.chosen.has(id));
  const values = rows.map(({ data }) => valuesOf(data));
  const columns = useItemColumns(dataset.id, rows, values);
  const rowHeight = useRowHeight("items");
  const onSaved = () => {
    draft.onSaved();
    setAsked(null);
    refresh();
    items.refresh();
  };
  const onEdit = (changes: readonly ItemChange[]) => {
    draft.write(changes);
    setAsked(null);
  };
  return (
    <>
      <ItemsBar
        {...{ dataset, version, search, onSearch }}
        isLocked={!isEmpty(draft.draft)}
        onAdd={isNewest ? draft.add : null}
      >
        {version && <ExportItems dataset={dataset} version={version} chosen={chosen} />}
        {version && <CodeDialog dataset={dataset} version={version} />}
        <RowHeightMenu height={rowHeight.height} onHeight={rowHeight.onHeight} />
        <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
      </ItemsBar>
      <DraftBar
        draft={draft.draft}
        chosenCount={isNewest ? chosen.length : 0}
        onEdit={() => setAsked("edit")}
        onSave={() => setAsked("save")}
        onDiscard={draft.discard}
        onRemove={() => draft.remove(chosen.map(({ id }) => id))}
      />
      <Found what="items" value={failure ? null : list} failure={failure} onRetry={items.refresh}>
        {({ totalCount }) =>
          rows.length === 0 ? (
            <NoItems isAsked={Boolean(q || filter)} />
          ) : (
            <ItemsTable
              {...{ rows, values, totalCount, columns }}
              lines={rowHeight.lines}
              chosen={draft.chosen}
              onChoose={draft.choose}
              onOpen={draft.open}
              more={items.more}
            />
          )
        }
      </Found>
      <ItemDialog
        rows={rows}
        openId={draft.openId}
        isReadOnly={!isNewest}
        isSuite={isSuite}
        traceLink={traceLink}
        onOpen={draft.open}
        onWrite={(id, change) => draft.write([{ id, change }])}
      />
      <EditItemsDialog
        rows={chosen}
        columns={keys}
        isOpen={asked === "edit"}
        onClose={() => setAsked(null)}
        onWrite={onEdit}
      />
      <SaveDialog
        dataset={dataset}
        draft={draft.draft}
        isOpen={asked === "save"}
        onClose={() => setAsked(null)}
        onSaved={onSaved}
      />
    </>
  );
}

function valuesOf(data: string): JsonObject {
  const value = parseJson(data);
  return isObject(value) ? value : {};
}

function NoItems({ isAsked }: { isAsked: boolean }) {
  return (
    <EmptyState title={isAsked ? "Nothing matches" : "No items yet"}>
      {isAsked
        ? "No item of this version matches what you asked for."
        : "Add the first by hand, import a file, or choose traces in the logs and add them here."}
    </EmptyState>
  );
}

type ItemsBarProps = {
  dataset: Dataset;
  version: Version | undefined;
  search: DatasetSearch;
  /** Unsaved changes belong to the version that is shown. */
  isLocked: boolean;
  onSearch: (search: DatasetSearch) => void;
  /** Null where nothing can be changed. */
  onAdd: (() => void) | null;
  children: ReactNode;
};

function ItemsBar({ dataset, version, search, isLocked, onSearch, onAdd, children }: ItemsBarProps) {
  const { versions, versionCount } = dataset;
  const onVersion = (hash: string) => onSearch({ ...search, version: hash === versions[0]?.hash ? undefined : hash });
  return (
    <div className={styles.bar}>
      {versions.length > 0 && (
        <label className={styles.version}>
          Version{" "}
          <select value={version?.hash} disabled={isLocked} onChange={(event) => onVersion(event.target.value)}>
            {versions.map(({ hash, name, itemCount }) => (
              <option key={hash} value={hash}>
                {name}, {formatCount(itemCount)} {itemCount === 1 ? "item" : "items"}
              </option>
            ))}
            {versions.length < versionCount && <option disabled>older ones are listed under Versions</option>}
          </select>
        </label>
      )}
      <SearchBox
        label="Search items"
        placeholder="Search in the data"
        icon={<Search aria-hidden />}
        value={search.q ?? ""}
        onSubmit={(q) => onSearch({ ...search, q })}
      />
      <div className={styles.filter}>
        <SearchBox
          label="Filter items"
          placeholder="data.language:de AND source:manual"
          isCode
          icon={<Filter aria-hidden />}
          value={search.filter ?? ""}
          onSubmit={(filter) => onSearch({ ...search, filter })}
        />
      </div>
      {children}
      {onAdd && (
        <Button kind={isLocked ? "plain" : "primary"} onPress={onAdd}>
          <Plus aria-hidden /> Add item
        </Button>
      )}
    </div>
  );
}

type DraftBarProps = {
  draft: Draft;
  chosenCount: number;
  onSave: () => void;
  onDiscard: () => void;
  onEdit: () => void;
  onRemove: () => void;
};

function DraftBar({ draft, chosenCount, onSave, onDiscard, onEdit, onRemove }: DraftBarProps) {
  if (chosenCount === 0 && isEmpty(draft)) return null;
  return (
    <section className={styles.draft} aria-label="Changes">
      {!isEmpty(draft) && (
        <>
          <Badge tone="accent">Draft {summary(draft)}</Badge>
          <Button kind="primary" onPress={onSave}>
            <Save aria-hidden /> Save changes
          </Button>
          <Button onPress={onDiscard}>
            <Undo2 aria-hidden /> Discard changes
          </Button>
        </>
      )}
      {chosenCount > 0 && (
        <>
          <Button onPress={onEdit}>
            <Pencil aria-hidden /> Edit {formatCount(chosenCount)}
          </Button>
          <Button onPress={onRemove}>
            <Trash2 aria-hidden /> Delete {formatCount(chosenCount)}
          </Button>
        </>
      )}
    </section>
  );
}
