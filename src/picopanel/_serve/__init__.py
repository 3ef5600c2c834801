"""A board as one of a laboratory's own devices, in its framework's language: OPC UA, SiLA 2, ROS 2."""
