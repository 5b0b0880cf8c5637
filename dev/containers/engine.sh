#!/bin/sh
# Runs dockerd in a Debian tree of its own: `unshare --mount [--net] sh engine.sh TREE CHECKOUT FLAGS…`.
# The tree becomes the root by pivot_root, as `docker exec` does not work below a chroot.
set -eu
tree=$1
checkout=$2
shift 2

# A network of its own has only this, and it is down.
ip link set lo up
mount --make-rprivate /
mount --bind "$tree" "$tree"
mkdir -p "$tree/project" "$tree/old"
mount --rbind "$checkout" "$tree/project"
mount -t proc proc "$tree/proc"
mount --rbind /sys "$tree/sys"
mount --rbind /dev "$tree/dev"
mount -t tmpfs tmpfs "$tree/run"
mount -t tmpfs tmpfs "$tree/tmp"
cd "$tree"
pivot_root . old
umount --lazy /old
exec dockerd --exec-opt native.cgroupdriver=cgroupfs --storage-driver overlay2 "$@"
