import { Layers, Plus } from "lucide-react";
import { useMutation, useQuery } from "urql";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { ModalDialog } from "@/components/ModalDialog";
import { SectionHead } from "@/components/SectionHead";
import { Time } from "@/components/Time";
import { ValueChanges } from "@/features/agents/BlueprintDiff";
import { type Blueprint, nameOf } from "@/features/agents/useConfiguration";
import { valueChanges } from "@/features/agents/valueChanges";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";
import styles from "./Agents.module.css";

const ApplyAgentMaskMutation = graphql(`
  mutation ApplyAgentMask($projectId: ID!, $maskId: ID!) {
    applyAgentMask(projectId: $projectId, maskId: $maskId) {
      id
      name
    }
  }
`);

const MaskedQuery = graphql(`
  query MaskedBlueprint($id: ID!, $maskId: ID!) {
    agentBlueprint(id: $id, maskId: $maskId) {
      id
      values {
        key
        value
        kind
        description
      }
    }
  }
`);

type MasksProps = {
  projectId: string;
  masks: readonly Blueprint[];
  /** What they are shown over. */
  latest: Blueprint | null;
  /** The one that is open. */
  open: string | undefined;
  onOpen: (id: string | undefined) => void;
  onNew: () => void;
  onApplied: (version: string) => void;
};

/** Values that lie over a version while it is read with them: to try something without a new version. */
export function Masks({ projectId, masks, latest, open, onOpen, onNew, onApplied }: MasksProps) {
  const shown = masks.find(({ id }) => id === open);
  const columns: ListColumn<Blueprint>[] = [
    {
      label: "Mask",
      cell: (mask) => (
        <>
          <button type="button" className={`${styles.link} ${rowLink}`} onClick={() => onOpen(mask.id)}>
            {nameOf(mask)}
          </button>
          <RowNote>{mask.description}</RowNote>
        </>
      ),
    },
    { label: "Values", cell: ({ values }) => values.map(({ key }) => key).join(", ") },
    { label: "By", isMinor: true, cell: ({ createdBy }) => createdBy },
    { label: "Created", isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} style="relative" /> },
  ];
  return (
    <section aria-labelledby="agent-masks" className={styles.part}>
      <SectionHead
        id="agent-masks"
        title="Masks"
        actions={
          <Button onPress={onNew}>
            <Plus aria-hidden /> New mask
          </Button>
        }
      >
        Values that lie over a version while it is read with them, to try them out without a new version.
      </SectionHead>
      {masks.length === 0 ? (
        <EmptyState title="No masks yet">A run of an agent, or a test of it, can name one.</EmptyState>
      ) : (
        <ListTable label="Masks" columns={columns} rows={masks} keyOf={({ id }) => id} />
      )}
      <ModalDialog
        title={shown ? `What ${nameOf(shown)} changes` : "Mask"}
        isWide
        isOpen={shown !== undefined}
        onOpenChange={() => onOpen(undefined)}
      >
        {shown && latest && <OpenMask {...{ projectId, latest, onApplied }} mask={shown} />}
      </ModalDialog>
    </section>
  );
}

type OpenMaskProps = Pick<MasksProps, "projectId" | "onApplied"> & { mask: Blueprint; latest: Blueprint };

function OpenMask({ projectId, mask, latest, onApplied }: OpenMaskProps) {
  const [{ data, error }, read] = useQuery({ query: MaskedQuery, variables: { id: latest.id, maskId: mask.id } });
  const [{ fetching }, apply] = useMutation(ApplyAgentMaskMutation);
  const onApply = async () => {
    const answer = await apply({ projectId, maskId: mask.id });
    if (!answer.data) return showToast(answer.error ? failureOf(answer.error).message : "The server sent no answer.");
    const { id, name } = answer.data.applyAgentMask;
    showToast(`${name} is ${nameOf(latest)} with the mask over it.`);
    onApplied(id);
  };
  return (
    <div className={styles.view}>
      <p className={styles.soft}>
        Over {nameOf(latest)}, the newest version. {mask.description}
      </p>
      <Found
        what="mask"
        value={data?.agentBlueprint}
        failure={error ? failureOf(error) : null}
        onRetry={() => read({ requestPolicy: "network-only" })}
      >
        {({ values }) => <ValueChanges changes={valueChanges(latest.values, values)} />}
      </Found>
      <div className={styles.acts}>
        <Button kind="primary" isDisabled={fetching} onPress={onApply}>
          <Layers aria-hidden /> Make a version of it
        </Button>
      </div>
    </div>
  );
}
