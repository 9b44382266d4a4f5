# For other scripts: a gateway of their own on loopback, in a folder that goes when they end. It sets `programs` (from
# PROGRAMS), `python` (from PYTHON), `work` and, once there is one, `gateway`, its process.
programs=$(cd "${PROGRAMS:-.build/release}" && pwd)
python=${PYTHON:-python3}
work=$(mktemp -d)
gateway=
finish() {
    [ -z "$gateway" ] || { kill "$gateway" 2>/dev/null && wait "$gateway"; } || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

serve() { # serve: starts it on $work/data and waits until it listens; with its log when it does not
    rm -f "$work/ports"
    "$programs/tillgate" serve --data "$work/data" --listen 127.0.0.1:0 --https-listen 127.0.0.1:0 \
        --port-file "$work/ports" >"$work/log" 2>&1 &
    gateway=$!
    tries=0
    until [ -s "$work/ports" ]; do
        tries=$((tries + 1))
        [ $tries -le 300 ] && kill -0 "$gateway" || { cat "$work/log" >&2; exit 1; }
        sleep 0.1
    done
}

port() { # port tls_port|https_port: where it listens
    sed "s/.*\"$1\":\([0-9]*\).*/\1/" "$work/ports"
}
