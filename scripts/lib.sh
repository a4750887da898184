# Shared by the scripts beside it. Needs a POSIX shell only.

need_node() {
  command -v node >/dev/null 2>&1 || {
    echo "mongoq needs Node.js 20.19 or later. As root: apt-get install nodejs npm (Debian 13), or see https://nodejs.org" >&2
    exit 1
  }
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
    echo "mongoq needs Node.js 20.19 or later; this is $(node --version)" >&2
    exit 1
  }
}

# npm packages exactly as locked. No install scripts: every native package used ships its binary.
install_packages() {
  if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo "Installing npm packages ..." >&2
    npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >&2
  fi
}

# Debian packages, where missing. As root they are installed; otherwise the command to run is said.
need_debian() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    echo "Some tests need Debian packages that are missing and will be skipped. As root, run:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    return 0
  fi
  echo "Installing Debian packages:$missing ..." >&2
  apt-get update -q >/dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null ||
    echo "They could not be installed; the tests that need them will be skipped." >&2
}
