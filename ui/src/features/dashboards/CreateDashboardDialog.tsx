import { useRef } from "react";
import { useMutation } from "urql";
import { emptyConfig } from "@/features/dashboards/config";
import { NameDialog } from "@/features/dashboards/NameDialog";
import { graphql } from "@/gql";
import type { DashboardType } from "@/gql/graphql";
import { failureOf } from "@/lib/failure";

const CreateDashboardMutation = graphql(`
  mutation CreateDashboard($input: DashboardInput!) {
    createDashboard(input: $input) {
      id
    }
  }
`);

/** What the new one takes over. */
type Copied = { name: string; description?: string | null | undefined; type: DashboardType; config: string | null };

type CreateDashboardDialogProps = {
  copied?: Copied;
  isOpen: boolean;
  onClose: () => void;
  onDashboardCreated: (id: string) => void;
};

export function CreateDashboardDialog({ copied, isOpen, onClose, onDashboardCreated }: CreateDashboardDialogProps) {
  const [, createDashboard] = useMutation(CreateDashboardMutation);
  const made = useRef<string | null>(null);
  return (
    <NameDialog
      title={copied ? "Duplicate the dashboard" : "New dashboard"}
      act="Create dashboard"
      named={copied ?? { name: "" }}
      isOpen={isOpen}
      // A form that has done its work closes, too: then the way leads on, and not back.
      onClose={() => (made.current ? onDashboardCreated(made.current) : onClose())}
      onSave={async ({ name, description }) => {
        const config = copied?.config ?? emptyConfig(crypto.randomUUID());
        const type = copied?.type ?? "MULTI_PROJECT";
        const answer = await createDashboard({ input: { name, description, config, type } });
        if (answer.error) return failureOf(answer.error).message;
        made.current = answer.data?.createDashboard.id ?? null;
        return null;
      }}
    />
  );
}
