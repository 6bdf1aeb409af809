# Installs what a step needs, once: read by `check`, `run` and `test`, which set `root` and run in it.
# shellcheck shell=bash

# A folder's packages are as its lock file says: the stamp tells for which lock they were installed.
install_npm() {
    local folder=$1 wanted
    wanted="$(node --version) $(cksum <"$folder/package-lock.json")"
    if [[ -f $folder/node_modules/.installed && $(<"$folder/node_modules/.installed") == "$wanted" ]]; then
        echo "the packages of $folder are installed"
        return
    fi
    (cd "$folder" && npm ci --no-audit --no-fund) && echo "$wanted" >"$folder/node_modules/.installed"
}

build_ui() {
    (cd ui && npm run build)
}

# With the features of the whole workspace, as the tests of Rust are built after it: no library is compiled twice.
build_binary() {
    limited cargo build --locked --workspace --bins
}

install_python() {
    local requirements=tests/sdk/python/requirements.txt wanted
    wanted="$(python3 --version) $(cksum <"$requirements")"
    if [[ -f .venv/.installed && $(<.venv/.installed) == "$wanted" ]]; then
        echo "the Python environment is installed"
        return
    fi
    rm -rf .venv
    if ! python3 -m venv .venv; then
        echo "this Python cannot make environments; trying Debian's package for it"
        rm -rf .venv
        install_debian python3-venv && python3 -m venv .venv || return 1
    fi
    # The file names every package there is, so that nothing is left to resolve; Python compiles what is imported.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile -r "$requirements" &&
        .venv/bin/python -m pip check && echo "$wanted" >.venv/.installed
}

install_chromium() {
    local name
    for name in chromium chromium-browser google-chrome; do
        if command -v "$name"; then
            return
        fi
    done
    install_debian chromium
}

install_debian() {
    local as_root=()
    if ! command -v apt-get >/dev/null; then
        echo "\`$1\` is missing and there is no apt-get here: install it by the means of this system" >&2
        return 1
    fi
    if [[ $(id -u) != 0 ]]; then
        if ! command -v sudo >/dev/null; then
            echo "\`$1\` is missing: run \`apt-get install $1\` as root, then try again" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$1"
}

# Where cargo builds, as an absolute path.
target_folder() {
    local folder=${CARGO_TARGET_DIR:-target}
    [[ $folder == /* ]] || folder=${root:?}/$folder
    echo "$folder"
}

# Ends the script with a list of everything that is missing, not of the first thing alone.
need_tools() {
    local tool missing=()
    for tool in "$@"; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    if ((${#missing[@]})); then
        echo "missing on this machine: ${missing[*]} (Cairn is built with a Rust toolchain, Node.js and Python 3)" >&2
        exit 1
    fi
}
