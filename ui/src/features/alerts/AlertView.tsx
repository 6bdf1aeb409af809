import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { AlertForm } from "@/features/alerts/AlertForm";
import { DeleteAlertsMutation } from "@/features/alerts/deleteAlerts";
import { draftOf } from "@/features/alerts/draft";
import { Firings } from "@/features/alerts/Firings";
import { type DocumentType, graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { useNamedPage } from "@/lib/shownName";
import { showToast } from "@/lib/toasts";
import { useWatched } from "@/lib/useWatched";

const AlertQuery = graphql(`
  query AlertPage($id: ID!) {
    alert(id: $id) {
      id
      name
      isEnabled
      destination
      url
      hasSecret
      headers {
        key
        value
      }
      metadata {
        key
        value
      }
      projectId
      triggers {
        eventType
        projectIds
        guardrails
        groups {
          thresholds {
            scoreName
            bound
            windowSeconds
            isBelow
          }
        }
      }
    }
  }
`);

const UpdateAlertMutation = graphql(`
  mutation UpdateAlert($id: ID!, $input: AlertInput!) {
    updateAlert(id: $id, input: $input) {
      id
      name
    }
  }
`);

type Alert = NonNullable<DocumentType<typeof AlertQuery>["alert"]>;

type AlertViewProps = { projectId: string; alertId: string; onDeleted: () => void };

export function AlertView({ projectId, alertId, onDeleted }: AlertViewProps) {
  const { data, failure, isLoading, refresh } = useWatched({
    query: AlertQuery,
    variables: { id: alertId },
    of: { kinds: ["ALERT"] },
  });
  const alert = data?.alert;
  useNamedPage(alert?.name);
  if (data && !alert && !isLoading) {
    return <ErrorState title="There is no such alert" message="It may have been deleted." />;
  }
  return (
    <Page title={alert?.name ?? "Alert"} actions={alert && <DeleteAlert alert={alert} onDeleted={onDeleted} />}>
      <Found what="alert" value={alert} failure={failure} onRetry={refresh}>
        {(found) => (
          <>
            <EditAlert alert={found} projectId={projectId} onSaved={refresh} />
            <Firings alertId={found.id} />
          </>
        )}
      </Found>
    </Page>
  );
}

type EditAlertProps = { alert: Alert; projectId: string; onSaved: () => void };

function EditAlert({ alert, projectId, onSaved }: EditAlertProps) {
  const [, update] = useMutation(UpdateAlertMutation);
  return (
    <AlertForm
      projectId={alert.projectId ?? projectId}
      alertId={alert.id}
      initial={draftOf(alert)}
      hasSecret={alert.hasSecret}
      onSave={async (input) => {
        const { error } = await update({ id: alert.id, input });
        if (error) return failureOf(error).message;
        showToast(`Saved the alert ${input.name}.`);
        onSaved();
        return null;
      }}
    />
  );
}

function DeleteAlert({ alert, onDeleted }: { alert: Alert; onDeleted: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const [, remove] = useMutation(DeleteAlertsMutation);
  const showDeleted = useDeletionToast();
  const onConfirm = async () => {
    const { error } = await remove({ ids: [alert.id] });
    if (error) return failureOf(error).message;
    showDeleted({ text: `Deleted the alert ${alert.name}.`, id: alert.id, kind: "alert_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      <Button onPress={() => setAsked(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <ConfirmDialog
        title={`Delete ${alert.name}?`}
        act="Delete"
        isOpen={isAsked}
        onOpenChange={setAsked}
        onConfirm={onConfirm}
      >
        Nobody is told by it any more. It can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}
