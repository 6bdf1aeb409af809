import { useState } from "react";
import { useMutation } from "urql";
import { Page } from "@/components/Page";
import { AlertForm } from "@/features/alerts/AlertForm";
import { EMPTY_DRAFT } from "@/features/alerts/draft";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { showToast } from "@/lib/toasts";

const CreateAlertMutation = graphql(`
  mutation CreateAlert($input: AlertInput!) {
    createAlert(input: $input) {
      id
      name
    }
  }
`);

type NewAlertProps = { projectId: string; onMade: (id: string) => void };

export function NewAlert({ projectId, onMade }: NewAlertProps) {
  const [, create] = useMutation(CreateAlertMutation);
  const [initial] = useState(EMPTY_DRAFT);
  return (
    <Page title="New alert">
      <AlertForm
        projectId={projectId}
        alertId={null}
        initial={initial}
        hasSecret={false}
        onSave={async (input) => {
          const { data, error } = await create({ input });
          if (error || !data) return error ? failureOf(error).message : "It was not saved.";
          showToast(`Made the alert ${data.createAlert.name}.`);
          onMade(data.createAlert.id);
          return null;
        }}
      />
    </Page>
  );
}
