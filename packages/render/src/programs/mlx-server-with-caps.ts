/**
 * `bin/mlx-server-with-caps`, below its first line. The Python server of MLX keeps every buffer that it freed, so after some hours of
 * use the machine swaps; the cap has to be set before anything is loaded, which no flag of that server does. Its text is checked on
 * Linux, and nobody has run it on a Mac yet.
 */
export const mlxServerWithCaps = `#
# mlx-server-with-caps [--cache-limit-mb N] [ARGUMENT of mlx_lm.server ...]
#
# Caps the cache of MLX (1024 MB without a flag), then becomes mlx_lm.server with every other argument as given. A wrong command line is
# exit 64; where MLX is missing or has no such cap it refuses with exit 69, because a server without the cap is what it is there to prevent.

import sys

DEFAULT_MB = 1024


def fail(code, text):
    print("mlx-server-with-caps: " + text, file=sys.stderr)
    sys.exit(code)


def read_limit(words):
    limit, rest, index = DEFAULT_MB, [], 0
    while index < len(words):
        name, equals, value = words[index].partition("=")
        if name != "--cache-limit-mb":
            rest.append(words[index])
            index += 1
            continue
        if not equals:
            if index + 1 == len(words):
                fail(64, "--cache-limit-mb needs a number of MB")
            value = words[index + 1]
        if not (value.isascii() and value.isdigit() and int(value) > 0):
            fail(64, "--cache-limit-mb is %r; it must be a number of MB above 0" % value)
        limit = int(value)
        index += 1 if equals else 2
    return limit, rest


def cap_cache(limit_mb):
    try:
        import mlx.core as mx
    except ImportError as error:
        fail(69, "MLX cannot be loaded (%s); install mlx-lm into the environment of this Python" % error)
    # Newer versions have it at the top, older ones under metal.
    set_limit = getattr(mx, "set_cache_limit", None) or getattr(getattr(mx, "metal", None), "set_cache_limit", None)
    if set_limit is None:
        fail(69, "this version of MLX has no limit for its cache; install a newer one")
    set_limit(limit_mb * 1024 * 1024)


def main():
    limit_mb, rest = read_limit(sys.argv[1:])
    cap_cache(limit_mb)
    try:
        from mlx_lm import server
    except ImportError as error:
        fail(69, "mlx_lm cannot be loaded (%s); install mlx-lm into the environment of this Python" % error)
    sys.argv = ["mlx_lm.server", *rest]
    server.main()


if __name__ == "__main__":
    main()
`
