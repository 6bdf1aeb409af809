import { GitCompareArrows, Pencil, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { TagList } from "@/components/TagList";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { EditPromptDialog } from "@/features/prompts/EditPromptDialog";
import { NewVersionDialog } from "@/features/prompts/NewVersionDialog";
import { PromptDiff } from "@/features/prompts/PromptDiff";
import { type Prompt, usePrompt } from "@/features/prompts/usePrompt";
import { VersionList } from "@/features/prompts/VersionList";
import { VersionView } from "@/features/prompts/VersionView";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useRememberedPage } from "@/lib/recents";
import styles from "./Prompts.module.css";

const DeletePromptsMutation = graphql(`
  mutation DeletePrompts($ids: [ID!]!) {
    deletePrompts(ids: $ids)
  }
`);

export type PromptSearch = { version?: string | undefined; compare?: string | undefined };

type PromptViewProps = {
  promptId: string;
  search: PromptSearch;
  /** The way to what happened to it. */
  history: ReactNode;
  onSearch: (search: PromptSearch) => void;
  onDeleted: () => void;
};

export function PromptView({ promptId, search, history, onSearch, onDeleted }: PromptViewProps) {
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

function Versions({ prompt, search, refresh, onSearch }: VersionsProps) {
  const versions = prompt.versions.nodes;
  const shown = versions.find(({ id }) => id === search.version) ?? versions[0];
  const compared = versions.find(({ id }) => id === search.compare);
  if (!shown) return <EmptyState title="No versions yet">The first one says what this prompt asks.</EmptyState>;
  const before = versions[versions.indexOf(shown) + 1];
  return (
    <div className={styles.versions}>
      <VersionList
        versions={versions}
        isCut={prompt.versions.pageInfo.hasNextPage}
        shownId={shown.id}
        comparedId={compared?.id ?? null}
        onChoose={(version) => onSearch({ version, compare: search.compare })}
        onCompare={(compare) => onSearch({ version: shown.id, compare })}
      />
      {compared && compared !== shown ? (
        <PromptDiff
          older={olderOf(versions, compared, shown)}
          newer={olderOf(versions, compared, shown) === shown ? compared : shown}
          onClose={() => onSearch({ version: shown.id })}
        />
      ) : (
        <VersionView
          name={prompt.name}
          version={shown}
          isNewest={shown === versions[0]}
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
    </div>
  );
}

function olderOf<Version>(newestFirst: readonly Version[], one: Version, other: Version): Version {
  return newestFirst.indexOf(one) > newestFirst.indexOf(other) ? one : other;
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
