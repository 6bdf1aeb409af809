import { Link, useParams } from "@tanstack/react-router";
import type { UsedPrompt } from "@/entities/details/usedPrompts";

type PromptLinkProps = { projectId: string; prompt: UsedPrompt };

/** From a trace or a span to a prompt that it used. */
export function PromptLink({ projectId, prompt: { id, name, version, versionId } }: PromptLinkProps) {
  const { workspace = "default" } = useParams({ strict: false });
  return (
    <Link
      to="/$workspace/projects/$projectId/prompts/$promptId"
      params={{ workspace, projectId, promptId: id }}
      search={{ version: versionId }}
    >
      {name} {version}
    </Link>
  );
}
