import { getRouteApi, Link } from "@tanstack/react-router";
import { Route } from "lucide-react";
import { buttonClass } from "@/components/Button";
import { Issues } from "@/features/insights/Issues";

const route = getRouteApi("/$workspace/projects/$projectId/diagnostics");

export function DiagnosticsPage() {
  const { workspace, projectId } = route.useParams();
  const navigate = route.useNavigate();
  return (
    <Issues
      {...{ workspace, projectId }}
      search={route.useSearch()}
      onSearch={(search) => navigate({ search, replace: true })}
      tracesLink={(filter) => (
        <Link
          to="/$workspace/projects/$projectId/logs"
          params={{ workspace, projectId }}
          search={{ filter }}
          className={buttonClass()}
        >
          <Route aria-hidden /> Show the traces
        </Link>
      )}
    />
  );
}
