import { Filter, Plus, Save, Search, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { SearchBox } from "@/components/SearchBox";
import type { DatasetSearch } from "@/features/datasets/DatasetView";
import { add, type Draft, isEmpty, NO_CHANGES, remove, shown, summary, write } from "@/features/datasets/draft";
import { ItemDialog } from "@/features/datasets/ItemDialog";
import { ItemsTable } from "@/features/datasets/ItemsTable";
import { SaveDialog } from "@/features/datasets/SaveDialog";
import { type Dataset, useItems, type Version } from "@/features/datasets/useDataset";
import { formatCount } from "@/lib/format";
import styles from "./Datasets.module.css";

type ItemsProps = {
  dataset: Dataset;
  search: DatasetSearch;
  refresh: () => void;
  onSearch: (search: DatasetSearch) => void;
};

/** The items of a version; changes to the newest are gathered and saved together as the next. */
export function Items({ dataset, search, refresh, onSearch }: ItemsProps) {
  const [draft, setDraft] = useState<Draft>(NO_CHANGES);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [openId, setOpenId] = useState<string | null>(null);
  const [isSaving, setSaving] = useState(false);
  const newest = dataset.versions[0];
  const version = dataset.versions.find(({ hash }) => hash === search.version) ?? newest;
  const isNewest = version === newest;
  const items = useItems(
    {
      id: dataset.id,
      version: isNewest ? undefined : version?.hash,
      search: search.q ?? "",
      filter: search.filter ?? "",
    },
    `${newest?.id} ${dataset.itemCount}`,
  );
  const { list, failure } = items;
  const rows = shown(list?.items ?? [], draft);
  const saved = () => {
    setDraft(NO_CHANGES);
    setChosen(new Set());
    setSaving(false);
    refresh();
    items.refresh();
  };
  const onAdd = () => {
    const id = crypto.randomUUID();
    const columns = version?.columns.map(({ name }) => name) ?? [];
    const blank = Object.fromEntries((columns.length > 0 ? columns : ["input"]).map((name) => [name, ""]));
    setDraft(add(draft, id, JSON.stringify(blank)));
    setOpenId(id);
  };
  const onRemove = () => {
    setDraft(remove(draft, [...chosen]));
    setChosen(new Set());
  };
  const isAsked = Boolean(search.q || search.filter);
  return (
    <>
      <ItemsBar
        {...{ dataset, version, search, onSearch }}
        isLocked={!isEmpty(draft)}
        onAdd={isNewest ? onAdd : null}
      />
      <DraftBar
        draft={draft}
        chosenCount={chosen.size}
        onSave={() => setSaving(true)}
        onDiscard={() => setDraft(NO_CHANGES)}
        onRemove={onRemove}
      />
      <Found what="items" value={failure ? null : list} failure={failure} onRetry={items.refresh}>
        {({ hasNextPage, totalCount }) =>
          rows.length === 0 ? (
            <EmptyState title={isAsked ? "Nothing matches" : "No items yet"}>
              {isAsked
                ? "No item of this version matches what you asked for."
                : "Add the first by hand, import a file, or choose traces in the logs and add them here."}
            </EmptyState>
          ) : (
            <ItemsTable
              rows={rows}
              totalCount={totalCount}
              chosen={isNewest ? chosen : null}
              onChoose={setChosen}
              onOpen={setOpenId}
              more={
                hasNextPage
                  ? { failure: items.moreFailure, isLoading: items.isLoadingMore, onMore: items.loadMore }
                  : null
              }
            />
          )
        }
      </Found>
      <ItemDialog
        rows={rows}
        openId={openId}
        isReadOnly={!isNewest}
        onOpen={setOpenId}
        onWrite={(id, data) => setDraft(write(draft, id, data))}
      />
      <SaveDialog dataset={dataset} draft={draft} isOpen={isSaving} onClose={() => setSaving(false)} onSaved={saved} />
    </>
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
};

function ItemsBar({ dataset, version, search, isLocked, onSearch, onAdd }: ItemsBarProps) {
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
  onRemove: () => void;
};

function DraftBar({ draft, chosenCount, onSave, onDiscard, onRemove }: DraftBarProps) {
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
        <Button onPress={onRemove}>
          <Trash2 aria-hidden /> Delete {formatCount(chosenCount)}
        </Button>
      )}
    </section>
  );
}
