import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { buttonClass } from "@/components/Button";
import { Pairing } from "@/features/runners/Pairing";
import { readPairingLink } from "@/features/runners/pairingLink";

const route = getRouteApi("/opik/pair/v1");
const DEFAULT_WORKSPACE = "default";

export function PairingPage() {
  const search = route.useSearch();
  const { project, workspace = DEFAULT_WORKSPACE } = search;
  const navigate = route.useNavigate();
  const [link] = useState(() => readPairingLink(window.location.hash));
  return (
    <Pairing
      link={link}
      projectName={project}
      toProject={(label, projectId) => (
        <Link
          to="/$workspace/projects/$projectId/logs"
          params={{ workspace, projectId }}
          search={{}}
          className={buttonClass("primary")}
        >
          {label}
        </Link>
      )}
      // The key has done its work: it need not stay in the address and the history of the browser.
      onPaired={() => navigate({ search, hash: "", replace: true })}
    />
  );
}
