"""What measurements and attacks both need: a gateway on loopback, and the machine that it runs on.

Whoever uses it is run as a program of a folder beside this one, and puts the folder above on Python's path first.
"""
