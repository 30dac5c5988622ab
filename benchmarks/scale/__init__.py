"""An index on a cluster beside the embedded one, and beside what the cluster does when it is asked plainly."""
