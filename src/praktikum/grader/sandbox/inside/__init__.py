"""What runs within the walls: standard library only, mounted read-only as the package `inside`.

The worker (`worker`) loads libraries and makes children; a `child` puts up its own walls
(`walls`, over the system calls of `linux`) and talks to the host over a `channel`.
"""
