import { GitCompareArrows, Pencil, Plus, Search, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import type { More } from "@/components/LoadMore";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { TagList } from "@/components/TagList";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { DeletePromptsMutation } from "@/features/prompts/deletePrompts";
import { EditPromptDialog } from "@/features/prompts/EditPromptDialog";
import { NewVersionDialog } from "@/features/prompts/NewVersionDialog";
import { PromptDiff } from "@/features/prompts/PromptDiff";
import { type Prompt, usePrompt, useVersion, useVersions, type Version } from "@/features/prompts/usePrompt";
import { VersionList } from "@/features/prompts/VersionList";
import { VersionView } from "@/features/prompts/VersionView";
import { failureOf } from "@/lib/failure";
import { useRememberedPage } from "@/lib/recents";

export type PromptSearch = {
  version?: string | undefined;
  compare?: string | undefined;
  /** What the versions say that are listed. */
  find?: string | undefined;
};

type PromptViewProps = {
  promptId: string;
  search: PromptSearch;
  /** The way to the experiments that used it. */
  experiments: ReactNode;
  /** The way to what happened to it. */
  history: ReactNode;
  onSearch: (search: PromptSearch) => void;
  onDeleted: () => void;
};

export function PromptView({ promptId, search, experiments, history, onSearch, onDeleted }: PromptViewProps) {
  const { prompt, isMissing, failure, refresh } = usePrompt(promptId);
  useRememberedPage("prompt", prompt?.name);
  if (isMissing) return <ErrorState title="There is no such prompt" message="It may have been deleted." />;
  return (
    <Page
      isWide
      title={prompt?.name ?? "Prompt"}
      about={prompt && <About prompt={prompt} />}
      actions={
        prompt && (
          <>
            {experiments}
            {history}
            <PromptActions prompt={prompt} {...{ refresh, onSearch, onDeleted }} />
          </>
        )
      }
    >
      <Found what="prompt" value={prompt} failure={failure} onRetry={refresh}>
        {(found) => <Versions prompt={found} search={search} refresh={refresh} onSearch={onSearch} />}
      </Found>
    </Page>
  );
}

function About({ prompt }: { prompt: Prompt }) {
  return (
    <>
      {prompt.description && <p>{prompt.description}</p>}
      <TagList label="Tags" tags={prompt.tags} />
    </>
  );
}

type VersionsProps = {
  prompt: Prompt;
  search: PromptSearch;
  refresh: () => void;
  onSearch: (search: PromptSearch) => void;
};

/** Fewer are seen at a glance. */
const SEARCHED_VERSIONS = 6;

type ChosenProps = VersionsProps & { versions: readonly Version[]; more: More | null };

function Versions(props: VersionsProps) {
  const list = useVersions(props.prompt.id, props.search.find ?? "");
  return (
    <Found what="versions" value={list.list} failure={list.list ? null : list.failure} onRetry={list.refresh}>
      {({ items }) => (
        <Chosen
          {...props}
          versions={items}
          more={list.more}
          refresh={() => {
            props.refresh();
            list.catchUp();
          }}
        />
      )}
    </Found>
  );
}

function Chosen({ prompt, versions, more, search, refresh, onSearch }: ChosenProps) {
  const { find } = search;
  const newest = find ? prompt.newest : versions[0];
  const shown = useVersion(search.version, versions) ?? newest;
  const compared = useVersion(search.compare, versions);
  if (!shown) return <EmptyState title="No versions yet">The first one says what this prompt asks.</EmptyState>;
  const place = versions.findIndex(({ id }) => id === shown.id);
  // Of those that were found the next one may lie further back.
  const before = place === -1 || find ? undefined : versions[place + 1];
  const pair = compared && compared.id !== shown.id ? inOrder(compared, shown) : null;
  return (
    <VersionList
      versions={versions}
      more={more}
      shownId={shown.id}
      comparedId={compared?.id ?? null}
      onChoose={(version) => onSearch({ version, compare: search.compare, find })}
      onCompare={(compare) => onSearch({ version: shown.id, compare, find })}
      find={
        prompt.versionCount >= SEARCHED_VERSIONS && (
          <SearchBox
            label="Search versions"
            placeholder="What a version says"
            icon={<Search aria-hidden />}
            value={find ?? ""}
            isInstant
            onSubmit={(next) => onSearch({ ...search, find: next || undefined })}
          />
        )
      }
    >
      {pair ? (
        <PromptDiff older={pair.older} newer={pair.newer} onClose={() => onSearch({ version: shown.id, find })} />
      ) : (
        <VersionView
          name={prompt.name}
          version={shown}
          isNewest={shown.id === newest?.id}
          onChanged={refresh}
          onRestored={(version) => {
            refresh();
            onSearch({ version });
          }}
        >
          {before && (
            <Button onPress={() => onSearch({ version: shown.id, compare: before.id })}>
              <GitCompareArrows aria-hidden /> What changed
            </Button>
          )}
        </VersionView>
      )}
    </VersionList>
  );
}

function inOrder(one: Version, other: Version) {
  const isOneOlder = (one.number ?? 0) < (other.number ?? 0);
  return isOneOlder ? { older: one, newer: other } : { older: other, newer: one };
}

type PromptActionsProps = {
  prompt: Prompt;
  refresh: () => void;
  onSearch: (search: PromptSearch) => void;
  onDeleted: () => void;
};

function PromptActions({ prompt, refresh, onSearch, onDeleted }: PromptActionsProps) {
  const [asked, setAsked] = useState<"version" | "edit" | "delete" | null>(null);
  const [, deletePrompts] = useMutation(DeletePromptsMutation);
  const showDeleted = useDeletionToast();
  const opener = (name: typeof asked) => ({
    isOpen: asked === name,
    onOpenChange: (isOpen: boolean) => setAsked(isOpen ? name : null),
  });
  const onDelete = async () => {
    const { error } = await deletePrompts({ ids: [prompt.id] });
    if (error) return failureOf(error).message;
    showDeleted({ text: `Deleted the prompt ${prompt.name}.`, id: prompt.id, kind: "prompt_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      <Button onPress={() => setAsked("edit")}>
        <Pencil aria-hidden /> Edit
      </Button>
      <Button onPress={() => setAsked("delete")}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <Button kind="primary" onPress={() => setAsked("version")}>
        <Plus aria-hidden /> New version
      </Button>
      <NewVersionDialog
        prompt={prompt}
        {...opener("version")}
        onCreated={(version) => {
          setAsked(null);
          refresh();
          onSearch({ version });
        }}
      />
      <EditPromptDialog prompt={prompt} {...opener("edit")} />
      <ConfirmDialog title={`Delete ${prompt.name}?`} act="Delete" onConfirm={onDelete} {...opener("delete")}>
        Its versions go with it. It can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}
