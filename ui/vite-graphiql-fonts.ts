import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const FONT_FACE = /@font-face\s*\{[^}]*\}/g;
const INLINE_FONT = /url\(data:font\/(ttf|woff2);base64,([^)]+)\)/;

/**
 * GraphiQL's style sheet carries its fonts as `data:` addresses, which the server's policy refuses (and half a
 * megabyte of them are two text faces; this product uses the system's). The icon font becomes a file of its own.
 */
export function graphiqlFonts(): Plugin {
  return {
    name: "graphiql-fonts",
    enforce: "pre",
    apply: "build",
    transform(code, id) {
      if (!/graphiql\/dist\/style\.css/.test(id)) return null;
      return code.replace(FONT_FACE, (face) => {
        const [whole, extension, data] = INLINE_FONT.exec(face) ?? [];
        if (!whole || !data || !/codicon/.test(face)) return "";
        const source = Buffer.from(data, "base64");
        const hash = createHash("sha256").update(source).digest("hex").slice(0, 8);
        const fileName = `assets/graphiql-icons-${hash}.${extension}`;
        this.emitFile({ type: "asset", fileName, source });
        return face.replace(whole, `url(/${fileName})`);
      });
    },
  };
}
