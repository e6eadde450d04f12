#!/usr/bin/env bash
# Packs the Python that makes the corpus, to be carried to a machine that has no Python 3.11:
#
#   pack.sh [FOLDER] [PYTHON]      writes FOLDER/python.tar.xz (FOLDER: .carry, PYTHON: .venv's)
#
# It holds the interpreter of PYTHON, its standard library without the parts that nothing here
# needs, and the packages of the corpus. It runs from any folder (unpack.sh) on x86-64 Linux with
# glibc 2.34 or newer. The standard library's sources are also text for the model to learn from.
set -euo pipefail
carry=${1:-.carry} python=${2:-.venv/bin/python}
packages="numpy numpy.libs tokenizers msgspec"
unneeded="_bz2 _codecs_* _crypt _ctypes _ctypes_test _curses _curses_panel _dbm _elementtree _gdbm
  _hashlib _lzma _sqlite3 _ssl _test* _tkinter _uuid _xx* _zoneinfo audioop nis ossaudiodev pyexpat
  readline xx*"
# Parts of NumPy that shards do without; it loads them only when asked.
unneeded_numpy="f2py fft polynomial random testing _core/_simd.*"

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$version" = 3.11 ] || { echo "pack.sh needs Python 3.11, $python is $version" >&2; exit 1; }
read -r prefix stdlib site < <("$python" -c 'import sys, sysconfig
paths = sysconfig.get_paths()
print(sys.base_prefix, paths["stdlib"], paths["platlib"])')

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/python
mkdir -p "$root/bin" "$root/lib/python3.11/site-packages" "$carry"
cp -L "$prefix/bin/python3.11" "$root/bin/python3.11-binary"
strip -s "$root/bin/python3.11-binary"
for library in "$prefix"/lib/libpython3.11.so.*; do
  [ -e "$library" ] && cp -L "$library" "$root/lib/" && strip --strip-unneeded "$root/lib/$(basename "$library")"
done
# zlib is wanted by zipfile, which NumPy writes its files with.
zlib=$(ldd "$stdlib"/lib-dynload/zlib.*.so | awk '/libz\.so/ { print $3 }')
[ -n "$zlib" ] && cp -L "$zlib" "$root/lib/"

tar -C "$stdlib" -c \
  --exclude=__pycache__ --exclude=./site-packages --exclude='./config-3.11*' \
  --exclude=./test --exclude=tests --exclude=./idlelib --exclude=./ensurepip --exclude=./lib2to3 \
  --exclude=./tkinter --exclude=./turtledemo --exclude=./pydoc_data --exclude='*.a' . |
  tar -C "$root/lib/python3.11" -x
for name in $unneeded; do rm -f "$root"/lib/python3.11/lib-dynload/$name.*.so; done
for package in $packages; do
  tar -C "$site" -c --exclude=__pycache__ --exclude=tests --exclude='*.pyi' --exclude='*.a' \
    --exclude='*.h' "$package" | tar -C "$root/lib/python3.11/site-packages" -x
done
for name in $unneeded_numpy; do rm -rf "$root"/lib/python3.11/site-packages/numpy/$name; done

# The interpreter finds its library and its packages beside itself, wherever that is.
cat >"$root/bin/python3.11" <<'SCRIPT'
#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd)
export PYTHONHOME="$home" LD_LIBRARY_PATH="$home/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export PYTHONNOUSERSITE=1
exec "$home/bin/python3.11-binary" "$@"
SCRIPT
chmod +x "$root/bin/python3.11"
tar -C "$work" --sort=name --owner=0 --group=0 --mtime=@0 -c python |
  xz --x86 --lzma2=preset=9 >"$carry/python.tar.xz"
ls -l "$carry/python.tar.xz"
