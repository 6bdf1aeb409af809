import { getRouteApi } from "@tanstack/react-router";
import { ProjectName } from "@/app/ProjectName";
import { ThingLink } from "@/app/ThingLink";
import { AuditLog } from "@/features/history/AuditLog";

const route = getRouteApi("/$workspace/audit-log");

export function AuditLogPage() {
  const { workspace } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <AuditLog
      key={workspace}
      {...{ workspace, search }}
      projectName={(projectId) => <ProjectName projectId={projectId} />}
      thingLink={(thing, name) => <ThingLink thing={thing}>{name}</ThingLink>}
      onSearch={(next) => navigate({ search: next, replace: true, resetScroll: false })}
    />
  );
}
