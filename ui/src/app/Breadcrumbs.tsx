import { Link, useParams } from "@tanstack/react-router";
import { ProjectName } from "@/features/projects/ProjectName";
import styles from "./Shell.module.css";

export function Breadcrumbs() {
  const { workspace = "default", projectId, traceId } = useParams({ strict: false });
  return (
    <nav aria-label="breadcrumb" className={styles.crumbs}>
      <ol>
        <li>
          <Link
            to="/$workspace/projects"
            params={{ workspace }}
            search={{}}
            aria-current={projectId ? undefined : "page"}
          >
            Projects
          </Link>
        </li>
        {projectId && (
          <li>
            <Link
              to="/$workspace/projects/$projectId/logs"
              params={{ workspace, projectId }}
              search={{}}
              aria-current={traceId ? undefined : "page"}
            >
              <ProjectName projectId={projectId} />
            </Link>
          </li>
        )}
        {traceId && (
          <li>
            <span aria-current="page">Trace</span>
          </li>
        )}
      </ol>
    </nav>
  );
}
