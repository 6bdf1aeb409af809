import { GitFork, RotateCw } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button, buttonClass } from "@/components/Button";
import { Form, FormActions, Problem, TextField } from "@/components/Form";
import { Found } from "@/components/Found";
import { IconButton } from "@/components/IconButton";
import { type ListColumn, ListTable, rowLink } from "@/components/ListTable";
import { ModalDialog } from "@/components/ModalDialog";
import { Page } from "@/components/Page";
import { Facts } from "@/entities/details/Facts";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatBytes, formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { useLive } from "@/lib/useLive";
import { useWatched } from "@/lib/useWatched";
import styles from "./Workspaces.module.css";

const WorkspacesQuery = graphql(`
  query Workspaces {
    workspaces {
      id
      name
    }
  }
`);

const WorkspacesSubscription = graphql(`
  subscription WorkspaceRoll {
    workspaces {
      id
      name
    }
  }
`);

const ForkWorkspaceMutation = graphql(`
  mutation ForkWorkspace($name: String!) {
    forkWorkspace(name: $name) {
      id
      name
      position
      sharedFiles
      sharedBytes
      copiedFiles
      copiedBytes
    }
  }
`);

type Workspace = DocumentType<typeof WorkspacesQuery>["workspaces"][number];
type Forked = DocumentType<typeof ForkWorkspaceMutation>["forkWorkspace"];

type WorkspacesProps = {
  /** The one that this page is in. */
  workspace: string;
  /** Whether the form for a fork is open. */
  isForking: boolean;
  onForking: (isForking: boolean) => void;
};

/** The workspaces of the server; and a copy of this one, to try something on. */
export function Workspaces({ workspace, isForking, onForking }: WorkspacesProps) {
  const { data, failure, refresh } = useWatched({
    query: WorkspacesQuery,
    variables: {},
    of: { kinds: ["WORKSPACE"] },
  });
  // Others are not of this workspace, so that no change of it tells of them.
  useLive({ document: WorkspacesSubscription, variables: {}, onChanges: refresh });
  useHotkeys({ r: refresh });
  return (
    <Page
      title="Workspaces"
      count={data?.workspaces.length}
      about={
        <p>
          Each has its own projects, prompts, datasets and log, and is independent of the others. Clients name theirs as{" "}
          <code>COMET_WORKSPACE</code>.
        </p>
      }
      actions={
        <>
          <IconButton label="Refresh" shortcut="R" kind="plain" onPress={refresh}>
            <RotateCw aria-hidden />
          </IconButton>
          <Button kind="primary" onPress={() => onForking(true)}>
            <GitFork aria-hidden /> Fork {workspace}
          </Button>
        </>
      }
    >
      <Found what="workspaces" value={data?.workspaces} failure={failure} onRetry={refresh}>
        {(workspaces) => (
          <ListTable label="Workspaces" columns={columnsOf(workspace)} rows={workspaces} keyOf={({ id }) => id} />
        )}
      </Found>
      <ModalDialog title={`Fork ${workspace}`} isOpen={isForking} onOpenChange={onForking}>
        <ForkForm workspace={workspace} onForked={refresh} />
      </ModalDialog>
    </Page>
  );
}

/** Another workspace is a page anew: what this one keeps must not be shown there. */
const pathOf = (name: string) => `/${encodeURIComponent(name)}/projects`;

const columnsOf = (workspace: string): ListColumn<Workspace>[] => [
  {
    label: "Name",
    cell: ({ name }) => (
      <>
        <a href={pathOf(name)} className={rowLink} aria-current={name === workspace ? "true" : undefined}>
          {name}
        </a>{" "}
        {name === workspace && <Badge tone="accent">you are here</Badge>}
      </>
    ),
  },
  { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
];

type ForkFormProps = { workspace: string; onForked: () => void };

function ForkForm({ workspace, onForked }: ForkFormProps) {
  const [{ fetching }, fork] = useMutation(ForkWorkspaceMutation);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [forked, setForked] = useState<Forked | null>(null);
  const submit = async () => {
    const { data, error } = await fork({ name: name.trim() });
    if (!data) return setProblem(error ? failureOf(error).message : "The server sent no answer.");
    setForked(data.forkWorkspace);
    onForked();
  };
  if (forked) return <Made workspace={workspace} forked={forked} />;
  return (
    <Form onSubmit={submit}>
      <p>
        The new workspace begins with all that {workspace} has now, its history and files among it. From then on it is
        independent: what is written, deleted or erased in one is never seen in the other.
      </p>
      <p>It takes a moment however much there is: what never changes is shared and takes no room again.</p>
      <TextField
        label="Name of the fork"
        placeholder="experiment-1"
        autoFocus
        spellCheck={false}
        value={name}
        onChange={setName}
      />
      <Problem text={problem} />
      <FormActions>
        <Button kind="primary" type="submit" isDisabled={fetching || !name.trim()}>
          {fetching ? "Forking…" : "Fork"}
        </Button>
      </FormActions>
    </Form>
  );
}

function Made({ workspace, forked }: { workspace: string; forked: Forked }) {
  const { name, position, sharedFiles, sharedBytes, copiedFiles, copiedBytes } = forked;
  return (
    <div className={styles.made}>
      <p role="status">
        {name} is there, with all that {workspace} had at position {formatCount(Number(position))} of its log.
      </p>
      <Facts
        label="What it is made of"
        facts={[
          { label: "Shared", value: `${formatCount(sharedFiles)} files, ${formatBytes(sharedBytes)}` },
          { label: "Copied", value: `${formatCount(copiedFiles)} files, ${formatBytes(copiedBytes)}` },
        ]}
      />
      <div className={styles.acts}>
        <a href={pathOf(name)} className={buttonClass("primary")}>
          Go to {name}
        </a>
      </div>
    </div>
  );
}
