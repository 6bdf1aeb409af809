import { Badge } from "@/components/Badge";
import { statusOf } from "@/features/optimizations/statuses";

export function StatusBadge({ status }: { status: string }) {
  const { label, tone } = statusOf(status) ?? { label: status.toLowerCase(), tone: "plain" };
  return <Badge tone={tone}>{label}</Badge>;
}
