import { Badge } from "@/components/Badge";
import type { ThreadStatus as Status } from "@/gql/graphql";

export function ThreadStatus({ status }: { status: Status }) {
  return <Badge tone={status === "ACTIVE" ? "accent" : "plain"}>{status.toLowerCase()}</Badge>;
}
