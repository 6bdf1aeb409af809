import { Copy } from "lucide-react";
import { useQuery } from "urql";
import { Button } from "@/components/Button";
import { FormActions } from "@/components/Form";
import { Found } from "@/components/Found";
import { ModalDialog } from "@/components/ModalDialog";
import { Facts } from "@/entities/details/Facts";
import { graphql } from "@/gql";
import { useConnectionStatus, useRoundTrip } from "@/lib/connection";
import { copyAndTell } from "@/lib/copyAndTell";
import { failureOf } from "@/lib/failure";
import { formatCount, formatDuration } from "@/lib/format";

const ServerQuery = graphql(`
  query ServerFacts {
    server {
      version
      workspace
      position
      columnsPosition
      textPosition
    }
  }
`);

type ServerDialogProps = { isOpen: boolean; onOpenChange: (isOpen: boolean) => void };

/** What somebody is asked for who says that something is wrong. */
export function ServerDialog({ isOpen, onOpenChange }: ServerDialogProps) {
  return (
    <ModalDialog title="About this server" isOpen={isOpen} onOpenChange={onOpenChange}>
      <ServerFacts />
    </ModalDialog>
  );
}

function ServerFacts() {
  const [{ data, error }, read] = useQuery({ query: ServerQuery, requestPolicy: "network-only" });
  const status = useConnectionStatus();
  const roundTrip = useRoundTrip();
  return (
    <Found
      what="server"
      value={data?.server}
      failure={error ? failureOf(error) : null}
      onRetry={() => read({ requestPolicy: "network-only" })}
    >
      {({ version, workspace, position, columnsPosition, textPosition }) => {
        const behind = (reached: string) => {
          const events = Number(position) - Number(reached);
          return events > 0 ? `${formatCount(events)} events behind` : "up to date";
        };
        const facts = [
          { label: "Version", value: version },
          { label: "Workspace", value: workspace },
          { label: "Live connection", value: status },
          { label: "Round trip", value: roundTrip === null ? "not measured yet" : formatDuration(roundTrip) },
          { label: "Position of the log", value: position },
          { label: "Filters and figures", value: behind(columnsPosition) },
          { label: "Search", value: behind(textPosition) },
          { label: "Browser", value: navigator.userAgent },
        ];
        const text = facts.map(({ label, value }) => `${label}: ${value}`).join("\n");
        return (
          <>
            <Facts label="Server" facts={facts} />
            <FormActions isPart>
              <Button onPress={() => copyAndTell(text, "Copied what is known of the server.")}>
                <Copy aria-hidden /> Copy all
              </Button>
            </FormActions>
          </>
        );
      }}
    </Found>
  );
}
